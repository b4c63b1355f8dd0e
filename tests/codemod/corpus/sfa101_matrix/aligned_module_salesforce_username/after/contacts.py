
import orgkey_simple_salesforce

sf = orgkey_simple_salesforce.Salesforce(version="59.0")
contacts = sf.query("SELECT Id, Email FROM Contact LIMIT 10")["records"]
print(len(contacts))
