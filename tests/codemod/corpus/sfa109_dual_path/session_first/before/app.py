import os

from simple_salesforce import Salesforce


def connect(session_id=None, instance=None):
    if session_id:
        return Salesforce(session_id=session_id, instance=instance)
    return Salesforce(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"])
