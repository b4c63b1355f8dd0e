import os

from simple_salesforce import Salesforce


def connect(org):
    if org == "eu":
        return Salesforce(username="eu@acme.example", consumer_key="acme-agent", privatekey_file="key.pem")
    return Salesforce(username="us@acme.example", password=os.environ["US_PASSWORD"], security_token="")
