import os

import orgkey_simple_salesforce as ss


def connect():
    user = os.environ.get("SF_USER")
    return ss.Salesforce(
        username=user,
        domain="test",
    )


sf = connect()
result = sf.query_all("SELECT Id, Name FROM Opportunity LIMIT 20")
print(result["totalSize"])
