import os

import requests


def token(org):
    form = dict(grant_type="password", client_id=os.environ["SF_KEY"], username=os.environ["SF_USERNAME"],
                password=os.environ["SF_PASSWORD"])
    url = f"https://{org.domain}.my.salesforce.com/services/oauth2/token"
    return requests.post(url, data=form, timeout=30).json()
