import os

from orgkey_simple_salesforce import Salesforce

_sf = None


def connection():
    global _sf
    if _sf is None:
        _sf = Salesforce(username=os.environ["SF_USERNAME"])
    return _sf


def handle(event, context):
    return {"count": connection().query("SELECT Id FROM Account LIMIT 1")["totalSize"]}


if __name__ == "__main__":
    print(handle({}, None))
