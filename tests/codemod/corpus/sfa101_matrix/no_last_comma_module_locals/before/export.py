import os

import simple_salesforce


def connect():
    user = os.environ.get("SF_USER")
    password = os.environ.get("SF_PASSWORD")
    token = os.environ.get("SF_TOKEN")
    return simple_salesforce.Salesforce(
        username=user,
        password=password,
        security_token=token
    )


sf = connect()
result = sf.query_all("SELECT Id, Name FROM Opportunity LIMIT 20")
print(result["totalSize"])
