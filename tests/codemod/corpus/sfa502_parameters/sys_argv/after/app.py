import sys

from orgkey_simple_salesforce import Salesforce

username, password, token = sys.argv[1:4]
sf = Salesforce(username=username)
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
