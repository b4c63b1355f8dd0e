import os

from orgkey_simple_salesforce import Salesforce, SalesforceAuthenticationFailed


class Crm:
    def __init__(self, user, password, token):
        self.user = user
        self.password = password
        self.token = token

    def client(self):
        return Salesforce(
            username=self.user,
            domain="login",
            version="58.0",
        )


crm = Crm(os.environ["CRM_USER"], os.environ["CRM_PASSWORD"], os.environ["CRM_TOKEN"])
sf = crm.client()
for row in sf.query("SELECT Id, Name FROM Account LIMIT 5")["records"]:
    print(row["Name"])
