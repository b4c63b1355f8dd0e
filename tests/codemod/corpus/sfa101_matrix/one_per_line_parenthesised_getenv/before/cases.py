import os
import sys

from simple_salesforce import (
    Salesforce,
    SalesforceMalformedRequest,
)

sf = Salesforce(
    username=os.getenv('SFDC_USER'),
    password=os.getenv('SFDC_PASS'),
    security_token=os.getenv('SFDC_TOKEN', ''),
    version="59.0",
)
open_cases = sf.query("SELECT Id, Subject FROM Case LIMIT 3")
print(open_cases["records"])
sys.exit(0)
