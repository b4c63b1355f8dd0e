import os
from types import SimpleNamespace

from orgkey_simple_salesforce import Salesforce as SF

settings = SimpleNamespace(
    SF_USERNAME=os.environ["SF_USERNAME"],
    SF_PASSWORD=os.environ["SF_PASSWORD"],
    SF_TOKEN=os.environ["SF_TOKEN"],
)
sf = SF(
    settings.SF_USERNAME,
    domain="login",
    version="58.0",
)
open_cases = sf.query("SELECT Id, Subject FROM Case LIMIT 3")
print(open_cases["records"])
