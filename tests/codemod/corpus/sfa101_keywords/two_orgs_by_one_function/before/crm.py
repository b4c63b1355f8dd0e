from simple_salesforce import Salesforce


def connect(user, password):
    return Salesforce(username=user, password=password, security_token="")
