import argparse

from llama_index.tools.salesforce import SalesforceToolSpec

parser = argparse.ArgumentParser()
parser.add_argument("--username", required=True)
parser.add_argument("--password", required=True)
parser.add_argument("--token", default="")
args = parser.parse_args()

spec = SalesforceToolSpec(username=args.username,
                          password=args.password,
                          security_token=args.token)
print(spec.execute_soql(query="SELECT Id FROM Account LIMIT 1"))
