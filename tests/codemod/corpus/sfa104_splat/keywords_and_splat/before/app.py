import os

from simple_salesforce import Salesforce

from settings import load

sf = Salesforce(password=os.environ["SF_PASSWORD"], **load("salesforce"))
