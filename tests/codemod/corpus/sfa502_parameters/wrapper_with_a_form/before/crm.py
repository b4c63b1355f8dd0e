from simple_salesforce import Salesforce


def connect(username, password, token):
    return Salesforce(username=username, password=password, security_token=token)
