import os

from simple_salesforce import Salesforce

method = os.environ.get("SF_AUTH", "password")
common = {"version": "58.0"}
if method == "jwt":
    sf = Salesforce(username=os.environ["SF_USER"], consumer_key=os.environ["SF_KEY"], privatekey_file="key.pem", **common)
elif method == "client_credentials":
    sf = Salesforce(consumer_key=os.environ["SF_KEY"], consumer_secret=os.environ["SF_SECRET"], domain="acme.my", **common)
else:
    sf = Salesforce(username=os.environ["SF_USER"], password=os.environ["SF_PASS"], security_token=os.environ["SF_TOKEN"], **common)
