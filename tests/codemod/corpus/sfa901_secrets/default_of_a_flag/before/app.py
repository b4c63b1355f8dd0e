import argparse

from simple_salesforce import Salesforce

parser = argparse.ArgumentParser()
parser.add_argument("--user")
parser.add_argument("--password", default="Autumn-Lynx-9")
args = parser.parse_args()
sf = Salesforce(username=args.user, password=args.password, security_token="")
