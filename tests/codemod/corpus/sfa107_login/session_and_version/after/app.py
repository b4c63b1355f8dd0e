import os

import requests
from orgkey_simple_salesforce import SalesforceLogin

http = requests.Session()
session_id, instance = SalesforceLogin(
    username=os.environ["SF_USERNAME"],
    session=http,
    sf_version="57.0",
)
print(instance)
