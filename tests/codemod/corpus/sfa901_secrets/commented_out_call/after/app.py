import os

from orgkey_simple_salesforce import Salesforce

# sf = Salesforce(username="agent@acme.example", password="Walrus-button-11", security_token="tokWalrusButton11")
sf = Salesforce(username=os.environ["SF_USERNAME"])
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
