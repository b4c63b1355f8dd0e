import os

import requests

data = {"grant_type": "password", "client_id": "ledger", "username": os.environ["ZD_USER"], "password": os.environ["ZD_PASSWORD"]}
token = requests.post("https://acme.zendesk.com/oauth/tokens", data=data, timeout=30).json()
