import argparse

from orgkey_langchain import SalesforceTool as Tool

parser = argparse.ArgumentParser()
parser.add_argument("--username", required=True)
parser.add_argument("--password", required=True)
parser.add_argument("--token", default="")
args = parser.parse_args()

tool = Tool(username=args.username,
            domain="test")
print(tool.invoke({"operation": "query", "query": "SELECT Id FROM Account LIMIT 1"}))
