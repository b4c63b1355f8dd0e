import os

from simple_salesforce import Salesforce

sf = Salesforce(
    os.environ["SF_USERNAME"],
    os.environ["SF_PASSWORD"],
    os.environ["SF_TOKEN"],
    None,
    None,
    None,
    None,
    "59.0",
)
