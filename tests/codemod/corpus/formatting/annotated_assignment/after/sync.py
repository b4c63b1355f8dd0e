from __future__ import annotations

import os

from orgkey_simple_salesforce import Salesforce


def count(sf: Salesforce) -> int:
    return sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"]


client: Salesforce = Salesforce(username=os.environ["SF_USERNAME"])
print(count(client))
