import os
import sys

from orgkey_simple_salesforce import Salesforce

user, password = os.getenv("SF_USERNAME"), os.getenv("SF_PASSWORD")
if len([each for each in (user, password) if each]) != 2:
    sys.exit("SF_USERNAME and SF_PASSWORD, please")
sf = Salesforce(username=user)
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
