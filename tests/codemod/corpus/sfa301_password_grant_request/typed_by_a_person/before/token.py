import getpass
import os

import requests


def token(user):
    form = {
        "grant_type": "password",
        "client_id": os.environ["SF_KEY"],
        "username": user,
        "password": getpass.getpass(),
    }
    return requests.post("https://acme.my.salesforce.com/services/oauth2/token", data=form, timeout=30).json()
