from config import USER
from orgkey_simple_salesforce import Salesforce

sf = Salesforce(username=USER)
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
