import os

from orgkey_simple_salesforce import Salesforce


class AccountRepository:
    sf = Salesforce(username=os.environ["SF_USERNAME"])

    def count(self):
        return self.sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"]


print(AccountRepository().count())
