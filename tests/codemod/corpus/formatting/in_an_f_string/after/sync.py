import os

from orgkey_simple_salesforce import Salesforce

query = "SELECT Id FROM Account LIMIT 1"
print(f"accounts: {Salesforce(username=os.environ['SF_USERNAME']).query(query)['totalSize']}")
