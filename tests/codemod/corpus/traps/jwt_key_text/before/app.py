import os

from simple_salesforce import Salesforce

settings = {
    "username": "agent@acme.example",
    "consumer_key": os.environ["SF_CONSUMER_KEY"],
    "privatekey": os.environ["SF_PRIVATE_KEY"],
}
sf = Salesforce(**settings)
