import os

from simple_salesforce import Salesforce

PASSWORD = None


def load():
    global PASSWORD
    PASSWORD = os.environ["SF_PASSWORD"]


load()
sf = Salesforce(username=os.environ["SF_USERNAME"], password=PASSWORD, security_token="")
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
