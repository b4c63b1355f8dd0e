import os

import orgkey_simple_salesforce

sf = orgkey_simple_salesforce.Salesforce( username = os.environ["SF_USERNAME"], version = "59.0" )
for row in sf.query("SELECT Id, Name FROM Account LIMIT 5")["records"]:
    print(row["Name"])
