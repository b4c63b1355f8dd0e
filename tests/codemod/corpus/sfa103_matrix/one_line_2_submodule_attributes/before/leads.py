import os

from simple_salesforce.api import Salesforce


class Crm:
    def __init__(self, user, password, token):
        self.user = user
        self.password = password
        self.token = token

    def client(self):
        return Salesforce(self.user, self.password, security_token=self.token, domain="test")


crm = Crm(os.environ["CRM_USER"], os.environ["CRM_PASSWORD"], os.environ["CRM_TOKEN"])
sf = crm.client()
print(sf.query("SELECT Id FROM Lead LIMIT 1")["totalSize"])
