import os

import simple_salesforce as ss


def connect():
    user = os.environ.get("SF_USER")
    password = os.environ.get("SF_PASSWORD")
    token = os.environ.get("SF_TOKEN")
    return ss.Salesforce(
        username=user,
        domain="test",
        password=password,
        security_token=token,
    )


sf = connect()
result = sf.query_all("SELECT Id, Name FROM Opportunity LIMIT 20")
print(result["totalSize"])
