import os

from simple_salesforce import Salesforce

<<<<<<< HEAD
sf = Salesforce(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token="")
=======
sf = Salesforce(username=os.environ["CRM_USER"], password=os.environ["CRM_PASSWORD"], security_token="")
>>>>>>> crm-names
