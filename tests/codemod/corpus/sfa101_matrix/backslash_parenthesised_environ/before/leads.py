import os

from simple_salesforce import (
    Salesforce,
    SalesforceMalformedRequest,
)

sf = \
    Salesforce(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"], version="59.0")
print(sf.query("SELECT Id FROM Lead LIMIT 1")["totalSize"])
