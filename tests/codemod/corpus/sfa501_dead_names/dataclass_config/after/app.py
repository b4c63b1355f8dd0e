import os
from dataclasses import dataclass

from orgkey_simple_salesforce import Salesforce


@dataclass
class CrmConfig:
    username: str
    password: str


config = CrmConfig(os.environ["SF_USERNAME"], os.environ["SF_PASSWORD"])
sf = Salesforce(username=config.username)
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
