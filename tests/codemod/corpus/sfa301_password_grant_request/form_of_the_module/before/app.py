import os

import requests

FORM = {
    "grant_type": "password",
    "client_id": os.environ["SF_KEY"],
    "client_secret": os.environ["SF_SECRET"],
    "username": os.environ["SF_USERNAME"],
    "password": os.environ["SF_PASSWORD"],
}


def token():
    return requests.post("https://acme.my.salesforce.com/services/oauth2/token", data=FORM, timeout=30).json()["access_token"]
