import os
from types import SimpleNamespace

import orgkey_simple_salesforce

settings = SimpleNamespace(
    SF_USERNAME=os.environ["SF_USERNAME"],
    SF_PASSWORD=os.environ["SF_PASSWORD"],
    SF_TOKEN=os.environ["SF_TOKEN"],
)
session_id, instance = orgkey_simple_salesforce.SalesforceLogin(
    username=settings.SF_USERNAME,
)
print(instance)
