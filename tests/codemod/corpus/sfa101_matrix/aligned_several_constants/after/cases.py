import os

from orgkey_simple_salesforce import Salesforce, SalesforceAuthenticationFailed

USERNAME = os.environ["SF_USERNAME"]

sf = Salesforce(username=USERNAME,
                proxies=None)
open_cases = sf.query("SELECT Id, Subject FROM Case LIMIT 3")
print(open_cases["records"])
