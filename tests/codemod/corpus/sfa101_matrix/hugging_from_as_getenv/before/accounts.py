import os
import sys

from simple_salesforce import Salesforce as SF

sf = SF(
    username=os.getenv('SFDC_USER'), password=os.getenv('SFDC_PASS'), security_token=os.getenv('SFDC_TOKEN', ''), proxies=None
)
for row in sf.query("SELECT Id, Name FROM Account LIMIT 5")["records"]:
    print(row["Name"])
sys.exit(0)
