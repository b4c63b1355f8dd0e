from simple_salesforce import Salesforce


def build(username, password, token):
    return Salesforce(username=username, password=password, security_token=token)
