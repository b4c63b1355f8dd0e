import os

from orgkey_simple_salesforce import SalesforceLogin


class Session:
    def open(self):
        self.session_id, self.instance = SalesforceLogin(username=os.environ["SF_USERNAME"])
        return self


print(Session().open().instance)
