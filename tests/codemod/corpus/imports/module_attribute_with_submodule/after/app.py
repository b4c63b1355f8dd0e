import os

import orgkey_simple_salesforce
import simple_salesforce.exceptions

try:
    sf = orgkey_simple_salesforce.Salesforce(username=os.environ["SF_USERNAME"])
    print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
except simple_salesforce.exceptions.SalesforceError as error:
    print(error)
