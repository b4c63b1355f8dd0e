import argparse

import simple_salesforce as ss

parser = argparse.ArgumentParser()
parser.add_argument("--username", required=True)
parser.add_argument("--password", required=True)
parser.add_argument("--token", default="")
args = parser.parse_args()

sf = ss.Salesforce(
    username=args.username,
    password=args.password,
    security_token=args.token,
    proxies=None,
)
contacts = sf.query("SELECT Id, Email FROM Contact LIMIT 10")["records"]
print(len(contacts))
