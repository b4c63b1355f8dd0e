import os
import sys

import orgkey_simple_salesforce

session_id, instance = orgkey_simple_salesforce.SalesforceLogin(username=os.getenv('SFDC_USER'))
print(instance)
sys.exit(0)
