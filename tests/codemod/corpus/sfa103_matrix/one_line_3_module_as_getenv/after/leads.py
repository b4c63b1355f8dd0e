import os
import sys

import orgkey_simple_salesforce as ss

sf = ss.Salesforce(os.getenv('SFDC_USER'), version="59.0")
print(sf.query("SELECT Id FROM Lead LIMIT 1")["totalSize"])
sys.exit(0)
