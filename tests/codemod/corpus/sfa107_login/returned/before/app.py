import os

from simple_salesforce import SalesforceLogin


def login():
    return SalesforceLogin(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"])
