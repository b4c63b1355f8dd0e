from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simple_salesforce import Salesforce


def connect() -> Salesforce:
    from simple_salesforce import Salesforce

    return Salesforce(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"])


sf = connect()
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
