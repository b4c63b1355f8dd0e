import os

import requests

answer = requests.post("https://login.salesforce.com/services/oauth2/token", data={
    "grant_type": "password",
    "client_id": os.environ["SF_CLIENT_ID"],
    "client_secret": os.environ["SF_CLIENT_SECRET"],
    "username": os.environ["SF_USERNAME"],
    "password": os.environ["SF_PASSWORD"],
}, timeout=10)
print(answer.json()["instance_url"])
