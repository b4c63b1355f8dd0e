import os

from orgkey_simple_salesforce import Salesforce

sf = Salesforce(os.environ["SF_USERNAME"])
for row in sf.query("SELECT Id, Name FROM Account LIMIT 5")["records"]:
    print(row["Name"])
