import os

from simple_salesforce import Salesforce


def connect():
    if "SF_CONSUMER_SECRET" in os.environ:
        return Salesforce(
            consumer_key=os.environ["SF_CONSUMER_KEY"],
            consumer_secret=os.environ["SF_CONSUMER_SECRET"],
            domain="acme.my",
        )
    return Salesforce(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"])
