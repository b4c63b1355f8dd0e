import argparse

from orgkey_simple_salesforce import SalesforceLogin

parser = argparse.ArgumentParser()
parser.add_argument("--username", required=True)
parser.add_argument("--password", required=True)
parser.add_argument("--token", default="")
args = parser.parse_args()

session_id, instance = SalesforceLogin(
    username=args.username,
    sf_version="59.0",
)
print(instance)
