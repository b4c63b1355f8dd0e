import os

from orgkey_simple_salesforce import Salesforce as SF

sf = SF(username=os.environ["SF_USERNAME"],
        domain="test")
for row in sf.query("SELECT Id, Name FROM Account LIMIT 5")["records"]:
    print(row["Name"])
