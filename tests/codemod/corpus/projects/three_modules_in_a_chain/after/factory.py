from orgkey_simple_salesforce import Salesforce


def build(username, password, token):
    return Salesforce(username=username)
