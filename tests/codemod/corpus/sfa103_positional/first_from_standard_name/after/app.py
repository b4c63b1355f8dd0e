
from orgkey_simple_salesforce import Salesforce

sf = Salesforce()
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
