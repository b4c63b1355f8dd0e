import os
from simple_salesforce import Salesforce
print "connecting"
sf = Salesforce(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token="")
