import os

from simple_salesforce import Salesforce

options = {"version": "58.0"}
options["username"] = os.environ["SF_USERNAME"]
options["password"] = os.environ["SF_PASSWORD"]
options["security_token"] = os.environ["SF_TOKEN"]
if os.environ.get("SF_SANDBOX"):
    options["domain"] = "test"
sf = Salesforce(**options)
