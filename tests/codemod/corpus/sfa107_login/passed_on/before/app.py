import os

from simple_salesforce import SalesforceLogin

from exporter import export

export(*SalesforceLogin(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"]))
