import os

try:
    from orgkey_simple_salesforce import Salesforce
except ImportError:
    Salesforce = None

if Salesforce is None:
    raise SystemExit("pip install simple-salesforce")
sf = Salesforce(username=os.environ["SF_USERNAME"])
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
