import abc
import os

from orgkey_simple_salesforce import Salesforce


class Connector(abc.ABC):
    @abc.abstractmethod
    def connect(self, username, password): ...


class SalesforceConnector(Connector):
    def connect(self, username, password):
        return Salesforce(username=username)


sf = SalesforceConnector().connect(os.environ["SF_USERNAME"], os.environ["SF_PASSWORD"])
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
