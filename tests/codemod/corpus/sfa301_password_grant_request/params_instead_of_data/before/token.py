import os

import requests

params = {
    "grant_type": "password",
    "client_id": os.environ["SF_KEY"],
    "client_secret": os.environ["SF_SECRET"],
    "username": os.environ["SF_USERNAME"],
    "password": os.environ["SF_PASSWORD"],
}
session = requests.post("https://acme.my.salesforce.com/services/oauth2/token", params=params, timeout=5).json()
