import os

from simple_salesforce import Salesforce


def connect():
    password = os.environ["SF_PASSWORD"]
    token = os.environ["SF_TOKEN"]
    return Salesforce(username=os.environ["SF_USERNAME"], password=password, security_token=token, version="59.0")


if __name__ == "__main__":
    print(connect().query("SELECT COUNT() FROM Account")["totalSize"])
