import logging
import os

from orgkey_simple_salesforce import Salesforce

user = os.environ["SALESFORCE_USERNAME"]
logging.info("connecting as %s", user)
sf = Salesforce(domain="login")
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
