import os
import sys

import simple_salesforce

session_id, instance = simple_salesforce.SalesforceLogin(username=os.getenv('SFDC_USER'), password=os.getenv('SFDC_PASS'), security_token=os.getenv('SFDC_TOKEN', ''))
print(instance)
sys.exit(0)
