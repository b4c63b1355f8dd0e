import logging
import os

from simple_salesforce import Salesforce


def connect(username, password):
    logging.info("%s, password of %d characters", username, len(password))
    return Salesforce(username=username, password=password, security_token="")


sf = connect(os.environ["SF_USERNAME"], os.environ["SF_PASSWORD"])
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
