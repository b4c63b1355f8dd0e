import argparse

from simple_salesforce.login import SalesforceLogin

parser = argparse.ArgumentParser()
parser.add_argument("--username", required=True)
parser.add_argument("--password", required=True)
parser.add_argument("--token", default="")
args = parser.parse_args()

session_id, instance = SalesforceLogin(
    username=args.username,
    password=args.password,
    security_token=args.token,
    sf_version="59.0",
)
print(instance)
