import os

from orgkey_simple_salesforce import Salesforce


class Sync:
    def __init__(self, sf, *, batch):
        self.sf = sf


sync = Sync(Salesforce(username=os.environ["SF_USERNAME"]), batch=200)
print(sync.sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
