from simple_salesforce import Salesforce


def connect(**kwargs):
    kwargs.setdefault("version", "59.0")
    return Salesforce(**kwargs)
