import os

from simple_salesforce import SalesforceLogin


class Salesforce:
    def connect(self):
        self.sid, self.host = SalesforceLogin(username=os.environ["U"], password=os.environ["P"], security_token="")
