import os

from orgkey_simple_salesforce import SalesforceLogin

(sid, host) = SalesforceLogin(username=os.environ["SF_USERNAME"])
print(host)
