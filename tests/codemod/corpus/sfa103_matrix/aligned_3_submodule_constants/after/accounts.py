import os

from orgkey_simple_salesforce import Salesforce

USERNAME = os.environ["SF_USERNAME"]

sf = Salesforce(USERNAME,
                domain="login",
                version="58.0")
for row in sf.query("SELECT Id, Name FROM Account LIMIT 5")["records"]:
    print(row["Name"])
