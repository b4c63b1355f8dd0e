import os

from simple_salesforce import Salesforce

credentials = (os.environ["SF_USERNAME"], os.environ["SF_PASSWORD"], os.environ["SF_TOKEN"])
sf = Salesforce(*credentials)
