import os

from simple_salesforce import Salesforce

sf = Salesforce(instance_url=os.environ["SF_INSTANCE_URL"], session_id=os.environ["SF_ACCESS_TOKEN"], version="59.0")
