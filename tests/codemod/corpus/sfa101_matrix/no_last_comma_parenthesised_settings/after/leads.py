import os
from types import SimpleNamespace

from orgkey_simple_salesforce import (
    Salesforce,
    SalesforceMalformedRequest,
)

settings = SimpleNamespace(
    SF_USERNAME=os.environ["SF_USERNAME"],
    SF_PASSWORD=os.environ["SF_PASSWORD"],
    SF_TOKEN=os.environ["SF_TOKEN"],
)
sf = Salesforce(
    username=settings.SF_USERNAME,
    client_id="nightly-export"
)
print(sf.query("SELECT Id FROM Lead LIMIT 1")["totalSize"])
