import argparse

from langchain_salesforce import SalesforceTool as Tool

parser = argparse.ArgumentParser()
parser.add_argument("--username", required=True)
parser.add_argument("--password", required=True)
parser.add_argument("--token", default="")
args = parser.parse_args()

tool = Tool(username=args.username,
            password=args.password,
            security_token=args.token,
            domain="test")
print(tool.invoke({"operation": "query", "query": "SELECT Id FROM Account LIMIT 1"}))
