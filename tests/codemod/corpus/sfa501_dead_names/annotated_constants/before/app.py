import os
from typing import Final

from simple_salesforce import Salesforce

SF_USERNAME: Final = os.environ["SF_USERNAME"]
SF_PASSWORD: Final[str] = os.environ["SF_PASSWORD"]
SF_TOKEN: Final[str] = os.environ["SF_TOKEN"]

sf = Salesforce(username=SF_USERNAME, password=SF_PASSWORD, security_token=SF_TOKEN)
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
