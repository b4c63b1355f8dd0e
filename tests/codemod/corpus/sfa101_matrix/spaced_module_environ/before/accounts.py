import os

import simple_salesforce

sf = simple_salesforce.Salesforce( username = os.environ["SF_USERNAME"], password = os.environ["SF_PASSWORD"], security_token = os.environ["SF_TOKEN"], version = "59.0" )
for row in sf.query("SELECT Id, Name FROM Account LIMIT 5")["records"]:
    print(row["Name"])
