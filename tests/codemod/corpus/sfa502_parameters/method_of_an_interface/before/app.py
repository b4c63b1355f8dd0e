import abc
import os

from simple_salesforce import Salesforce


class Connector(abc.ABC):
    @abc.abstractmethod
    def connect(self, username, password): ...


class SalesforceConnector(Connector):
    def connect(self, username, password):
        return Salesforce(username=username, password=password, security_token=os.environ["SF_TOKEN"])


sf = SalesforceConnector().connect(os.environ["SF_USERNAME"], os.environ["SF_PASSWORD"])
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
