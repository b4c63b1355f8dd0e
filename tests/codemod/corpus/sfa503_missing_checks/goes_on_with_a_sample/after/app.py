import os

from orgkey_simple_salesforce import Salesforce

import logging

password = os.getenv("SF_PASSWORD")
rows = []
if not password:
    logging.error("no password, so this is a sample")
    rows.append("sample")
print(rows)
sf = Salesforce(username=os.environ["SF_USERNAME"])
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
