import os

from simple_salesforce import Salesforce

USER = os.environ["SF_USERNAME"]
PASSWORD = os.environ["SF_PASSWORD"]  # from the team vault
TOKEN = os.environ["SF_TOKEN"]

sf = Salesforce(username=USER, password=PASSWORD, security_token=TOKEN)
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
