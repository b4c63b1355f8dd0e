import os

from simple_salesforce import Salesforce

sf = Salesforce(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token="")
scratch = Salesforce(username="scratch@acme.example", password="Juniper-tea-60", security_token="")
