import os

from orgkey_simple_salesforce import Salesforce

sf = Salesforce(
    username=os.environ["SF_USERNAME"],
)
print(sf.query("SELECT Id FROM Contact")["totalSize"])
