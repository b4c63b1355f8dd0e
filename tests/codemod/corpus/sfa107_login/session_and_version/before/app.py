import os

import requests
from simple_salesforce import SalesforceLogin

http = requests.Session()
session_id, instance = SalesforceLogin(
    username=os.environ["SF_USERNAME"],
    password=os.environ["SF_PASSWORD"],
    security_token=os.environ["SF_TOKEN"],
    session=http,
    sf_version="57.0",
)
print(instance)
