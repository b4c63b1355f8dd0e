import os

from simple_salesforce import Salesforce

sf = Salesforce(
    username=os.environ["SF_USERNAME"],
    password=os.environ["SF_PASSWORD"],
    consumer_key=os.environ["SF_CONSUMER_KEY"],
    consumer_secret=os.environ["SF_CONSUMER_SECRET"],
    domain="login",
)
