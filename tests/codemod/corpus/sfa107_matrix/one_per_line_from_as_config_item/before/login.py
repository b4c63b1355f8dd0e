import json
import os

from simple_salesforce import SalesforceLogin as sf_login

config = json.loads(os.environ["SF_LOGIN"])
session_id, instance = sf_login(
    username=config["username"],
    password=config["password"],
    security_token=config["security_token"],
    sf_version="59.0",
)
print(instance)
