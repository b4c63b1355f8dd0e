import os

from orgkey_simple_salesforce import Salesforce


def connect():
    user = os.environ.get("SF_USER")
    return Salesforce(
        username=user, version="59.0"
    )


sf = connect()
result = sf.query_all("SELECT Id, Name FROM Opportunity LIMIT 20")
print(result["totalSize"])
