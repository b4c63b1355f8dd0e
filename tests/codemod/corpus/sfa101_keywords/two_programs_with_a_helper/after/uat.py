import os

from helper import show
from orgkey_simple_salesforce import Salesforce

show(Salesforce(username=os.environ["SF_UAT_USERNAME"], domain="test"))
