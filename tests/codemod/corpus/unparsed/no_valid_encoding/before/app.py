import os
from simple_salesforce import Salesforce

TITLE = "Kunden für Europa"
sf = Salesforce(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token="")
