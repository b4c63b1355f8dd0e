import json
import os

from orgkey_simple_salesforce import SalesforceLogin as sf_login

config = json.loads(os.environ["SF_LOGIN"])
session_id, instance = sf_login(
    username=config["username"],
    sf_version="59.0",
)
print(instance)
