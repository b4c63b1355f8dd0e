
from orgkey_simple_salesforce import Salesforce as SF

sf = SF(domain="test")
contacts = sf.query("SELECT Id, Email FROM Contact LIMIT 10")["records"]
print(len(contacts))
