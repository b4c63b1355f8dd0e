import os
from dataclasses import dataclass

from simple_salesforce import Salesforce


@dataclass
class CrmConfig:
    username: str
    password: str


config = CrmConfig(os.environ["SF_USERNAME"], os.environ["SF_PASSWORD"])
sf = Salesforce(username=config.username, password=config.password, security_token="")
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
