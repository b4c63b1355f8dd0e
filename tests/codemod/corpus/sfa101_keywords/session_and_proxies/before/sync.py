import os

import requests
from simple_salesforce import Salesforce

http = requests.Session()
http.headers["User-Agent"] = "ledger-sync/2.1"
sf = Salesforce(
    username=os.environ["SF_USERNAME"],
    password=os.environ["SF_PASSWORD"],
    security_token=os.environ["SF_TOKEN"],
    session=http,
    version="57.0",
)
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
