import sys

from simple_salesforce import Salesforce

username, password, token = sys.argv[1:4]
sf = Salesforce(username=username, password=password, security_token=token)
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
