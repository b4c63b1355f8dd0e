import os

from salesforce_bulk import SalesforceBulk
from simple_salesforce import Salesforce

sf = Salesforce(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"])
bulk = SalesforceBulk(sessionId=sf.session_id, host=sf.sf_instance)
