import functools
import os

from simple_salesforce import Salesforce

connect = functools.partial(
    Salesforce,
    username=os.environ["SF_USERNAME"],
    password=os.environ["SF_PASSWORD"],
    security_token=os.environ["SF_TOKEN"],
)
sf = connect(domain="test")
