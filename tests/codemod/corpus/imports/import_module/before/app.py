import importlib
import os

sf_module = importlib.import_module("simple_salesforce")
sf = sf_module.Salesforce(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"])
