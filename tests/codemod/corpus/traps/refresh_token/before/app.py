import os

import requests

data = {
    "grant_type": "refresh_token",
    "client_id": os.environ["SF_KEY"],
    "refresh_token": os.environ["SF_REFRESH_TOKEN"],
}
answer = requests.post("https://login.salesforce.com/services/oauth2/token", data=data, timeout=30)
