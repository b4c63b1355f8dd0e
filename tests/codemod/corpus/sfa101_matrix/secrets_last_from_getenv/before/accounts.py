import os
import sys

from simple_salesforce import Salesforce

sf = Salesforce(
    username=os.getenv('SFDC_USER'),
    client_id="nightly-export",
    password=os.getenv('SFDC_PASS'),
    security_token=os.getenv('SFDC_TOKEN', ''),
)
for row in sf.query("SELECT Id, Name FROM Account LIMIT 5")["records"]:
    print(row["Name"])
sys.exit(0)
