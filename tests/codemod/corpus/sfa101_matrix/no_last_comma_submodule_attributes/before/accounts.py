import os

from simple_salesforce.api import Salesforce


class Crm:
    def __init__(self, user, password, token):
        self.user = user
        self.password = password
        self.token = token

    def client(self):
        return Salesforce(
            username=self.user,
            password=self.password,
            security_token=self.token,
            version="59.0"
        )


crm = Crm(os.environ["CRM_USER"], os.environ["CRM_PASSWORD"], os.environ["CRM_TOKEN"])
sf = crm.client()
for row in sf.query("SELECT Id, Name FROM Account LIMIT 5")["records"]:
    print(row["Name"])
