import os
import sys

from simple_salesforce import Salesforce

if "--dry-run" in sys.argv:
    from fakes import FakeSalesforce as Salesforce

sf = Salesforce(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"])
