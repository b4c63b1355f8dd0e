import os

from orgkey_simple_salesforce import Salesforce

sf = Salesforce(
    username=os.environ["SF_USERNAME"],  # the integration user
    version="59.0",  # pinned by the CRM team
)
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
