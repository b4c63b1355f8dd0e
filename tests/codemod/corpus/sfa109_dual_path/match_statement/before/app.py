import os

from simple_salesforce import Salesforce


def connect(kind):
    match kind:
        case "jwt":
            return Salesforce(username=os.environ["SF_USER"], consumer_key=os.environ["SF_KEY"], privatekey_file="key.pem")
        case _:
            return Salesforce(username=os.environ["SF_USER"], password=os.environ["SF_PASS"], security_token="")
