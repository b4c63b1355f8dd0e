import argparse

from simple_salesforce import Salesforce, SalesforceAuthenticationFailed

parser = argparse.ArgumentParser()
parser.add_argument("--username", required=True)
parser.add_argument("--password", required=True)
parser.add_argument("--token", default="")
args = parser.parse_args()

sf = \
    Salesforce(username=args.username, password=args.password, security_token=args.token, domain="test")
contacts = sf.query("SELECT Id, Email FROM Contact LIMIT 10")["records"]
print(len(contacts))
