import os
import sys

from orgkey_simple_salesforce import Salesforce

sf = Salesforce( username = os.getenv('SFDC_USER'), client_id = "nightly-export" )
print(sf.query("SELECT Id FROM Lead LIMIT 1")["totalSize"])
sys.exit(0)
