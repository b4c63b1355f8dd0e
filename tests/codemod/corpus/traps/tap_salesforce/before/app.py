from tap_salesforce.salesforce import Salesforce


def discover(config):
    sf = Salesforce(username=config["username"], password=config["password"], security_token=config["security_token"])
    sf.login()
    return sf.describe()
