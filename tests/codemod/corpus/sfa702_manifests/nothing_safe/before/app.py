import os

from simple_salesforce import Salesforce

login = {"username": os.environ["SF_USERNAME"], "password": os.environ["SF_PASSWORD"], "security_token": os.environ["SF_TOKEN"]}
sf = Salesforce(**login)
