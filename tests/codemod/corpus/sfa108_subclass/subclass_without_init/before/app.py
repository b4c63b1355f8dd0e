import os

from simple_salesforce import Salesforce


class Crm(Salesforce):
    def count(self):
        return self.query("SELECT Id FROM Account LIMIT 1")["totalSize"]


crm = Crm(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"])
