import os

from simple_salesforce import Salesforce


def connect(factory):
    return factory(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"])


sf = connect(Salesforce)
