import os

import httpx

form = {"grant_type": "client_credentials", "client_id": os.environ["SF_KEY"], "client_secret": os.environ["SF_SECRET"]}
token = httpx.post("https://acme.my.salesforce.com/services/oauth2/token", data=form).json()["access_token"]
