import os

import simple_salesforce
import simple_salesforce.exceptions

try:
    sf = simple_salesforce.Salesforce(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"])
    print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
except simple_salesforce.exceptions.SalesforceError as error:
    print(error)
