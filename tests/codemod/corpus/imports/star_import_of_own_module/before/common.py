import os

from simple_salesforce import Salesforce

BATCH = int(os.environ.get("BATCH", "200"))
