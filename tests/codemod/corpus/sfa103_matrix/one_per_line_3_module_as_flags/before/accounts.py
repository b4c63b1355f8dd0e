import argparse

import simple_salesforce as ss

parser = argparse.ArgumentParser()
parser.add_argument("--username", required=True)
parser.add_argument("--password", required=True)
parser.add_argument("--token", default="")
args = parser.parse_args()

sf = ss.Salesforce(
    args.username,
    args.password,
    args.token,
    client_id="nightly-export",
)
for row in sf.query("SELECT Id, Name FROM Account LIMIT 5")["records"]:
    print(row["Name"])
