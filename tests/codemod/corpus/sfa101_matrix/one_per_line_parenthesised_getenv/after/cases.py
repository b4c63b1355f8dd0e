import os
import sys

from orgkey_simple_salesforce import (
    Salesforce,
    SalesforceMalformedRequest,
)

sf = Salesforce(
    username=os.getenv('SFDC_USER'),
    version="59.0",
)
open_cases = sf.query("SELECT Id, Subject FROM Case LIMIT 3")
print(open_cases["records"])
sys.exit(0)
