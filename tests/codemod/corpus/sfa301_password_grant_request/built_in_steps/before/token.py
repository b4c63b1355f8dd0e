import os

import requests


def token(user):
    form = {"grant_type": "password", "client_id": os.environ["SF_KEY"], "username": user, "password": None}
    form["password"] = os.environ["SF_PASSWORD"] + os.environ["SF_TOKEN"]
    return requests.post("https://acme.my.salesforce.com/services/oauth2/token", data=form, timeout=30).json()
