import logging
import os

from simple_salesforce import Salesforce

user = os.environ["SALESFORCE_USERNAME"]
logging.info("connecting as %s", user)
sf = Salesforce(username=user, password=os.environ["SALESFORCE_PASSWORD"], security_token="", domain="login")
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
