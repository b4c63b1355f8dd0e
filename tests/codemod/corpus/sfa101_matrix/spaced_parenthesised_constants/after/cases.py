import os

from orgkey_simple_salesforce import (
    Salesforce,
    SalesforceMalformedRequest,
)

USERNAME = os.environ["SF_USERNAME"]

sf = Salesforce( username = USERNAME )
open_cases = sf.query("SELECT Id, Subject FROM Case LIMIT 3")
print(open_cases["records"])
