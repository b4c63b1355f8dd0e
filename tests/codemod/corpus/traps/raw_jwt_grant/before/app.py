import requests


def token(assertion):
    data = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}
    return requests.post("https://acme.my.salesforce.com/services/oauth2/token", data=data, timeout=30).json()
