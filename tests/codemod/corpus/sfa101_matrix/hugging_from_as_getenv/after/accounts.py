import os
import sys

from orgkey_simple_salesforce import Salesforce as SF

sf = SF(
    username=os.getenv('SFDC_USER'), proxies=None
)
for row in sf.query("SELECT Id, Name FROM Account LIMIT 5")["records"]:
    print(row["Name"])
sys.exit(0)
