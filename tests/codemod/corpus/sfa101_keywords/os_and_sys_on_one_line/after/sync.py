import sys

from orgkey_simple_salesforce import Salesforce

sf = Salesforce(username=sys.argv[1])
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
