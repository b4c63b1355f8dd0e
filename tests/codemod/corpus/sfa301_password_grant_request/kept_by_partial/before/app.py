import functools
import os

import requests

form = {
    "grant_type": "password",
    "client_id": os.environ["SF_KEY"],
    "client_secret": os.environ["SF_SECRET"],
    "username": os.environ["SF_USERNAME"],
    "password": os.environ["SF_PASSWORD"],
}
renew = functools.partial(requests.post, "https://acme.my.salesforce.com/services/oauth2/token", data=form, timeout=30)
