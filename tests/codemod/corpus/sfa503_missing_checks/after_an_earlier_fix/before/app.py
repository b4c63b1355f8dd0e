import os
import sys

from orgkey_simple_salesforce import Salesforce

password = os.getenv("SF_PASSWORD")
username = os.getenv("SF_USERNAME")
if not (username and password):
    sys.exit("SF_USERNAME and SF_PASSWORD must be set")
sf = Salesforce(username=username)
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
