import os

from simple_salesforce import SalesforceLogin

session_id, instance = SalesforceLogin(
    username=os.environ["SF_USERNAME"],
    password=os.environ["SF_PASSWORD"],
    consumer_key=os.environ["SF_CONSUMER_KEY"],
    consumer_secret=os.environ["SF_CONSUMER_SECRET"],
    domain="acme.my",
)
