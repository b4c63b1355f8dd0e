import os

from simple_salesforce.api import Salesforce


def connect():
    user = os.environ.get("SF_USER")
    password = os.environ.get("SF_PASSWORD")
    token = os.environ.get("SF_TOKEN")
    return Salesforce(
        username=user, password=password, security_token=token, version="59.0"
    )


sf = connect()
result = sf.query_all("SELECT Id, Name FROM Opportunity LIMIT 20")
print(result["totalSize"])
