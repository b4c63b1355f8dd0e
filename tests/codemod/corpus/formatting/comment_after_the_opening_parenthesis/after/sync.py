import os

from orgkey_simple_salesforce import Salesforce  # type: ignore[import-untyped]

sf = Salesforce(  # one connection for the whole run
    username=os.environ["SF_USERNAME"],
)
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
