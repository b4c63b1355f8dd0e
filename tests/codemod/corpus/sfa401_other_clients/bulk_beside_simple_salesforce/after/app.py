import os

from salesforce_bulk import SalesforceBulk
from orgkey_simple_salesforce import Salesforce

sf = Salesforce(username=os.environ["SF_USERNAME"])
bulk = SalesforceBulk(sessionId=sf.session_id, host=sf.sf_instance)
