import os
from typing import Final

from orgkey_simple_salesforce import Salesforce

SF_USERNAME: Final = os.environ["SF_USERNAME"]

sf = Salesforce(username=SF_USERNAME)
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
