import os
import sys

import simple_salesforce as ss

sf = ss.Salesforce(username=os.getenv('SFDC_USER'),
                   password=os.getenv('SFDC_PASS'),
                   security_token=os.getenv('SFDC_TOKEN', ''),
                   domain="login",
                   version="58.0")
print(sf.query("SELECT Id FROM Lead LIMIT 1")["totalSize"])
sys.exit(0)
