import os
from types import SimpleNamespace

import simple_salesforce as ss

settings = SimpleNamespace(
    SF_USERNAME=os.environ["SF_USERNAME"],
    SF_PASSWORD=os.environ["SF_PASSWORD"],
    SF_TOKEN=os.environ["SF_TOKEN"],
)
sf = ss.Salesforce(username=settings.SF_USERNAME, password=settings.SF_PASSWORD,
                   security_token=settings.SF_TOKEN, proxies=None)
for row in sf.query("SELECT Id, Name FROM Account LIMIT 5")["records"]:
    print(row["Name"])
