import os
import sys

from simple_salesforce.api import Salesforce

sf = Salesforce( username = os.getenv('SFDC_USER'), password = os.getenv('SFDC_PASS'), security_token = os.getenv('SFDC_TOKEN', ''), client_id = "nightly-export" )
print(sf.query("SELECT Id FROM Lead LIMIT 1")["totalSize"])
sys.exit(0)
