import os

import requests
from orgkey_simple_salesforce import Salesforce

http = requests.Session()
http.headers["User-Agent"] = "ledger-sync/2.1"
sf = Salesforce(
    username=os.environ["SF_USERNAME"],
    session=http,
    version="57.0",
)
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
