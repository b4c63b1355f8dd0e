import os

from simple_salesforce.api import Salesforce

USERNAME = os.environ["SF_USERNAME"]
PASSWORD = os.environ["SF_PASSWORD"]
SECURITY_TOKEN = os.environ["SF_SECURITY_TOKEN"]

sf = Salesforce(USERNAME,
                PASSWORD,
                SECURITY_TOKEN,
                domain="login",
                version="58.0")
for row in sf.query("SELECT Id, Name FROM Account LIMIT 5")["records"]:
    print(row["Name"])
