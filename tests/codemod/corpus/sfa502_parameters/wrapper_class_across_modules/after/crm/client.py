from orgkey_simple_salesforce import Salesforce


class CrmClient:
    def __init__(self, username, password, security_token, domain="login"):
        self.sf = Salesforce(username=username, domain=domain)

    def accounts(self):
        return self.sf.query("SELECT Id, Name FROM Account LIMIT 5")["records"]
