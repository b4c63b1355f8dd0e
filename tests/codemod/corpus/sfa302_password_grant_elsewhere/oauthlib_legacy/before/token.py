import os

from oauthlib.oauth2 import LegacyApplicationClient
from requests_oauthlib import OAuth2Session

session = OAuth2Session(client=LegacyApplicationClient(client_id=os.environ["SF_KEY"]))
session.fetch_token(
    token_url="https://login.salesforce.com/services/oauth2/token",
    username=os.environ["SF_USERNAME"],
    password=os.environ["SF_PASSWORD"],
    client_secret=os.environ["SF_SECRET"],
)
