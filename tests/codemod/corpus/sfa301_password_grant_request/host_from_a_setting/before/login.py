import os

import requests


def login(settings):
    url = f"https://{settings.domain}.salesforce.com/services/oauth2/token"
    body = {"grant_type": "password", "client_id": settings.key, "client_secret": settings.secret,
            "username": settings.user, "password": os.environ["SF_PASSWORD"]}
    return requests.post(url, data=body, timeout=30).json()
