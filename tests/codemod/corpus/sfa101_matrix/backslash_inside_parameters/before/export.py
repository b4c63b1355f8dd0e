import os


def connect(username, password, token):
    from simple_salesforce import Salesforce

    return \
        Salesforce(username=username, password=password, security_token=token, domain="login", version="58.0")


sf = connect(os.environ["SF_USERNAME"], os.environ["SF_PASSWORD"], os.environ["SF_TOKEN"])
result = sf.query_all("SELECT Id, Name FROM Opportunity LIMIT 20")
print(result["totalSize"])
