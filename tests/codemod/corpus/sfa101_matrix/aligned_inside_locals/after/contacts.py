import os


def connect():
    from orgkey_simple_salesforce import Salesforce

    user = os.environ.get("SF_USER")
    return Salesforce(username=user,
                      domain="test")


sf = connect()
contacts = sf.query("SELECT Id, Email FROM Contact LIMIT 10")["records"]
print(len(contacts))
