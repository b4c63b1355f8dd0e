import os

from orgkey_simple_salesforce import Salesforce

assert os.getenv("SF_PASSWORD") or os.getenv("SF_SESSION_ID"), "nothing to log in with"
sf = Salesforce(username=os.environ["SF_USERNAME"])
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
