
import orgkey_simple_salesforce as ss

sf = ss.Salesforce( domain = "login", version = "58.0" )
contacts = sf.query("SELECT Id, Email FROM Contact LIMIT 10")["records"]
print(len(contacts))
