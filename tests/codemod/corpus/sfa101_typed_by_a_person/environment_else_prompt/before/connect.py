import getpass
import os

from simple_salesforce import Salesforce

password = os.environ.get("SF_PASSWORD") or getpass.getpass()
sf = Salesforce(username=os.environ["SF_USERNAME"], password=password, security_token=os.environ["SF_TOKEN"])
