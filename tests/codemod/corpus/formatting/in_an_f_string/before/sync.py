import os

from simple_salesforce import Salesforce

query = "SELECT Id FROM Account LIMIT 1"
print(f"accounts: {Salesforce(username=os.environ['SF_USERNAME'], password=os.environ['SF_PASSWORD'], security_token=os.environ['SF_TOKEN']).query(query)['totalSize']}")
