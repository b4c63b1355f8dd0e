import os

from simple_salesforce import Salesforce


def get():
    print("asked for the password")
    return os.environ["SF_PASSWORD"]


password = get()
sf = Salesforce(username=os.environ["SF_USERNAME"], password=password, security_token="")
