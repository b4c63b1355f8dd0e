import os

from simple_salesforce import Salesforce

sf = Salesforce(os.environ["SF_USERNAME"], os.environ["SF_PASSWORD"], os.environ["SF_TOKEN"])
for row in sf.query("SELECT Id, Name FROM Account LIMIT 5")["records"]:
    print(row["Name"])
