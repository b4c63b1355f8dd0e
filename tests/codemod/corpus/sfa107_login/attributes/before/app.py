import os

from simple_salesforce import SalesforceLogin


class Session:
    def open(self):
        self.session_id, self.instance = SalesforceLogin(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"])
        return self


print(Session().open().instance)
