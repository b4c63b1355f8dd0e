import os

from simple_salesforce import Salesforce

from retrying import call_with_retry

sf = call_with_retry(Salesforce, kwargs={
    "username": os.environ["SF_USERNAME"],
    "password": os.environ["SF_PASSWORD"],
    "security_token": os.environ["SF_TOKEN"],
})
