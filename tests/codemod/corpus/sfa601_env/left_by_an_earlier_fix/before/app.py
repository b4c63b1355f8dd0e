from orgkey_simple_salesforce import Salesforce

sf = Salesforce(version="62.0")
print(sf.query("SELECT Id FROM Contact")["totalSize"])
