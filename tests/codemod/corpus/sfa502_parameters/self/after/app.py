import os

from orgkey_simple_salesforce import Salesforce


class Agent:
    PASSWORD = os.environ["SF_PASSWORD"]

    def __init__(self, user):
        self.sf = Salesforce(username=user)

    @classmethod
    def again(cls, user):
        return Salesforce(username=user)


class Session:
    PASSWORD = os.environ["SF_PASSWORD"]

    def __init__(self, user):
        print(Salesforce(username=user).query("SELECT Id FROM Contact"))

    @staticmethod
    def login(password, user):
        return Salesforce(username=user)


USER = os.environ["SF_USERNAME"]
print(Agent(USER).sf.query("SELECT Id FROM Contact")["totalSize"])
Agent.again(USER)
Session(USER)
Session.login(Session.PASSWORD, USER)
