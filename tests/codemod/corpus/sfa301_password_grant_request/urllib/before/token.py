import json
import os
from urllib.parse import urlencode
from urllib.request import urlopen

form = {
    "grant_type": "password",
    "client_id": os.environ["SF_KEY"],
    "client_secret": os.environ["SF_SECRET"],
    "username": os.environ["SF_USERNAME"],
    "password": os.environ["SF_PASSWORD"],
}
with urlopen("https://acme.my.salesforce.com/services/oauth2/token", urlencode(form).encode()) as answer:
    print(json.load(answer)["instance_url"])
