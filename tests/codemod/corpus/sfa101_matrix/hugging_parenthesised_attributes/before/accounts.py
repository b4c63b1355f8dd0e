import os

from simple_salesforce import (
    Salesforce,
    SalesforceMalformedRequest,
)


class Crm:
    def __init__(self, user, password, token):
        self.user = user
        self.password = password
        self.token = token

    def client(self):
        return Salesforce(
            username=self.user, password=self.password, security_token=self.token, client_id="nightly-export"
        )


crm = Crm(os.environ["CRM_USER"], os.environ["CRM_PASSWORD"], os.environ["CRM_TOKEN"])
sf = crm.client()
for row in sf.query("SELECT Id, Name FROM Account LIMIT 5")["records"]:
    print(row["Name"])
