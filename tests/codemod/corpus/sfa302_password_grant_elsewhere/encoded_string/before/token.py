import os

import requests

body = "grant_type=password&client_id=%s&client_secret=%s&username=%s&password=%s" % (
    os.environ["SF_KEY"],
    os.environ["SF_SECRET"],
    os.environ["SF_USERNAME"],
    os.environ["SF_PASSWORD"],
)
answer = requests.post("https://acme.my.salesforce.com/services/oauth2/token", data=body, timeout=30)
