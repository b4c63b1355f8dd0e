import os

from simple_salesforce import Salesforce


def client():
    if os.environ.get("SALESFORCE_PRIVATE_KEY_FILE"):
        return Salesforce(
            username=os.environ["SALESFORCE_USERNAME"],
            consumer_key=os.environ["SALESFORCE_CLIENT_ID"],
            privatekey_file=os.environ["SALESFORCE_PRIVATE_KEY_FILE"],
        )
    return Salesforce(username=os.environ["SALESFORCE_USERNAME"], password=os.environ["SALESFORCE_PASSWORD"], security_token="")
