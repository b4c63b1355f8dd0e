import requests


def token(url, settings):
    data = {"grant_type": "password", "client_id": settings.sf_key, "client_secret": settings.sf_secret}
    data.update(username=settings.sf_user, password=settings.sf_password)
    return requests.post(url, data=data, timeout=30).json()["access_token"]
