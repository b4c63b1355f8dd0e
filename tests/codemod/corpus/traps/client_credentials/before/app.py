import os

from simple_salesforce import Salesforce

sf = Salesforce(consumer_key=os.environ["SF_KEY"], consumer_secret=os.environ["SF_SECRET"], domain="acme.my")
