from simple_salesforce import Salesforce


class AcmeSalesforce(Salesforce):
    def __init__(self, username, password, token):
        super().__init__(username=username, password=password, security_token=token, version="58.0")

    def accounts(self):
        return self.query("SELECT Id FROM Account")["records"]
