import os

from orgkey_simple_salesforce import Salesforce

orgs = {name: Salesforce(username=os.environ["SF_USERNAME"], domain=name) for name in ("login",)}
sf = orgs["login"]
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
