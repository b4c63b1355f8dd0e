import os

from simple_salesforce import Salesforce


class Crm:
    def __init__(self):
        self.__user = os.environ["SF_USERNAME"]
        self.__password = os.environ["SF_PASSWORD"]

    def client(self):
        return Salesforce(username=self.__user, password=self.__password, security_token="")


sf = Crm().client()
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
