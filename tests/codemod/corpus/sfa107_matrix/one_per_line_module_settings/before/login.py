import os
from types import SimpleNamespace

import simple_salesforce

settings = SimpleNamespace(
    SF_USERNAME=os.environ["SF_USERNAME"],
    SF_PASSWORD=os.environ["SF_PASSWORD"],
    SF_TOKEN=os.environ["SF_TOKEN"],
)
session_id, instance = simple_salesforce.SalesforceLogin(
    username=settings.SF_USERNAME,
    password=settings.SF_PASSWORD,
    security_token=settings.SF_TOKEN,
)
print(instance)
