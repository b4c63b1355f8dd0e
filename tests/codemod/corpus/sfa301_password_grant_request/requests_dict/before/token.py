import os

import requests


def token():
    data = {
        "grant_type": "password",
        "client_id": os.environ["SF_CLIENT_ID"],
        "client_secret": os.environ["SF_CLIENT_SECRET"],
        "username": os.environ["SF_USERNAME"],
        "password": os.environ["SF_PASSWORD"] + os.environ["SF_TOKEN"],
    }
    answer = requests.post(
        "https://acme.my.salesforce.com/services/oauth2/token",
        data=data,
        timeout=30,
    )
    answer.raise_for_status()
    return answer.json()["access_token"]
