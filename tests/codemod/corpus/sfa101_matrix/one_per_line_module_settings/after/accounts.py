import os
from types import SimpleNamespace

import orgkey_simple_salesforce

settings = SimpleNamespace(
    SF_USERNAME=os.environ["SF_USERNAME"],
    SF_PASSWORD=os.environ["SF_PASSWORD"],
    SF_TOKEN=os.environ["SF_TOKEN"],
)
sf = orgkey_simple_salesforce.Salesforce(
    username=settings.SF_USERNAME,
    client_id="nightly-export",
)
for row in sf.query("SELECT Id, Name FROM Account LIMIT 5")["records"]:
    print(row["Name"])
