import os
import time

import requests

form = {
    "grant_type": "password",
    "client_id": os.environ["SF_KEY"],
    "client_secret": os.environ["SF_SECRET"],
    "username": os.environ["SF_USERNAME"],
    "password": os.environ["SF_PASSWORD"],
}
while True:
    token = requests.post("https://acme.my.salesforce.com/services/oauth2/token", data=form, timeout=30).json()["access_token"]
    print(len(token))
    time.sleep(3600)
