from config import PASSWORD, USER
from simple_salesforce import Salesforce

sf = Salesforce(username=USER, password=PASSWORD, security_token="")
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
