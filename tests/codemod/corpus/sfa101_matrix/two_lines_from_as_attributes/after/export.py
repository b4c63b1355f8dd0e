import os

from orgkey_simple_salesforce import Salesforce as SF


class Crm:
    def __init__(self, user, password, token):
        self.user = user
        self.password = password
        self.token = token

    def client(self):
        return SF(username=self.user, domain="login", version="58.0")


crm = Crm(os.environ["CRM_USER"], os.environ["CRM_PASSWORD"], os.environ["CRM_TOKEN"])
sf = crm.client()
result = sf.query_all("SELECT Id, Name FROM Opportunity LIMIT 20")
print(result["totalSize"])
