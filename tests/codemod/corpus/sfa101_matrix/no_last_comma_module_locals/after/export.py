import os

import orgkey_simple_salesforce


def connect():
    user = os.environ.get("SF_USER")
    return orgkey_simple_salesforce.Salesforce(
        username=user
    )


sf = connect()
result = sf.query_all("SELECT Id, Name FROM Opportunity LIMIT 20")
print(result["totalSize"])
