from simple_salesforce import Salesforce


def ask_and_connect():
    username = input("Username? ")
    pw = input("Password? ")
    token = input("Security token? ")
    return Salesforce(username=username, password=pw, security_token=token)
