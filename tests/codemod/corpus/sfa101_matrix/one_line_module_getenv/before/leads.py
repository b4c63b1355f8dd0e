import os
import sys

import simple_salesforce

sf = simple_salesforce.Salesforce(username=os.getenv('SFDC_USER'), password=os.getenv('SFDC_PASS'), security_token=os.getenv('SFDC_TOKEN', ''), version="59.0")
print(sf.query("SELECT Id FROM Lead LIMIT 1")["totalSize"])
sys.exit(0)
