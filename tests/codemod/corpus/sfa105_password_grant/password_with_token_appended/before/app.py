import os

from simple_salesforce import Salesforce

password = os.environ["SF_PASSWORD"] + os.environ["SF_TOKEN"]
sf = Salesforce(
    username=os.environ["SF_USERNAME"],
    password=password,
    consumer_key=os.environ["SF_CONSUMER_KEY"],
    consumer_secret=os.environ["SF_CONSUMER_SECRET"],
    domain="acme.my",
)
