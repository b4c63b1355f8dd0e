import os

from .compat import SalesforceClient


def connect():
    return SalesforceClient(
        username=os.environ["SF_USERNAME"],
    )
