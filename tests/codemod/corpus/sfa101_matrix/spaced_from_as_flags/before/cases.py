import argparse

from simple_salesforce import Salesforce as SF

parser = argparse.ArgumentParser()
parser.add_argument("--username", required=True)
parser.add_argument("--password", required=True)
parser.add_argument("--token", default="")
args = parser.parse_args()

sf = SF( username = args.username, password = args.password, security_token = args.token, domain = "test" )
open_cases = sf.query("SELECT Id, Subject FROM Case LIMIT 3")
print(open_cases["records"])
