import os
import sys

from orgkey_simple_salesforce import Salesforce as SF

sf = SF(os.getenv('SFDC_USER'),
        domain="test")
result = sf.query_all("SELECT Id, Name FROM Opportunity LIMIT 20")
print(result["totalSize"])
sys.exit(0)
