import os
import sys

import simple_salesforce as ss

sf = ss.Salesforce(os.getenv('SFDC_USER'), os.getenv('SFDC_PASS'), os.getenv('SFDC_TOKEN', ''), version="59.0")
print(sf.query("SELECT Id FROM Lead LIMIT 1")["totalSize"])
sys.exit(0)
