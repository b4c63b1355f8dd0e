import os

from simple_salesforce import (
    Salesforce,
    SalesforceMalformedRequest,
)

USERNAME = os.environ["SF_USERNAME"]
PASSWORD = os.environ["SF_PASSWORD"]
SECURITY_TOKEN = os.environ["SF_SECURITY_TOKEN"]

sf = Salesforce( username = USERNAME, password = PASSWORD, security_token = SECURITY_TOKEN )
open_cases = sf.query("SELECT Id, Subject FROM Case LIMIT 3")
print(open_cases["records"])
