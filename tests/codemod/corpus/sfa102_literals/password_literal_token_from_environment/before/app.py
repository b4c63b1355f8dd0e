import os

from simple_salesforce import Salesforce

sf = Salesforce(
    username=os.environ["SF_USERNAME"],
    password="Quartz-lantern-5",
    security_token=os.environ["SF_TOKEN"],
)
