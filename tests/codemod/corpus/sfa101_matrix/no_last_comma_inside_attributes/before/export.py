import os


class Crm:
    def __init__(self, user, password, token):
        self.user = user
        self.password = password
        self.token = token

    def client(self):
        from simple_salesforce import Salesforce

        return Salesforce(
            username=self.user,
            password=self.password,
            security_token=self.token,
            proxies=None
        )


crm = Crm(os.environ["CRM_USER"], os.environ["CRM_PASSWORD"], os.environ["CRM_TOKEN"])
sf = crm.client()
result = sf.query_all("SELECT Id, Name FROM Opportunity LIMIT 20")
print(result["totalSize"])
