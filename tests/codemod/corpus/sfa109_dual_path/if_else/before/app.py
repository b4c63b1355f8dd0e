import os

from simple_salesforce import Salesforce

if os.environ.get("SF_PRIVATE_KEY_FILE"):
    sf = Salesforce(
        username=os.environ["SF_USERNAME"],
        consumer_key=os.environ["SF_CONSUMER_KEY"],
        privatekey_file=os.environ["SF_PRIVATE_KEY_FILE"],
    )
else:
    sf = Salesforce(
        username=os.environ["SF_USERNAME"],
        password=os.environ["SF_PASSWORD"],
        security_token=os.environ["SF_TOKEN"],
    )
