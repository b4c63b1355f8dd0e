import os

from .compat import SalesforceClient


def connect():
    return SalesforceClient(
        username=os.environ["SF_USERNAME"],
        password=os.environ["SF_PASSWORD"],
        security_token=os.environ["SF_TOKEN"],
    )
