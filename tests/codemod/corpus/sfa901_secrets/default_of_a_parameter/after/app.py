from orgkey_simple_salesforce import Salesforce


def connect(user, pw="Wint3r-Zebra"):
    return Salesforce(username=user)
