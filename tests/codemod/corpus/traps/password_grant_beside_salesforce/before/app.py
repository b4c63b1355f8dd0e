import os

import requests
from simple_salesforce import Salesforce

form = {"grant_type": "password", "username": os.environ["USER"], "password": os.environ["PASSWORD"], "audience": "ledger"}
user = requests.post("https://acme.auth0.com/oauth/token", data=form, timeout=30).json()
sf = Salesforce(session_id=os.environ["SF_ACCESS_TOKEN"], instance="acme.my.salesforce.com")
