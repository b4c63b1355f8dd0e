import os
from decimal import Decimal

from orgkey_simple_salesforce import Salesforce

sf = Salesforce(username=os.environ["SF_USERNAME"],
                parse_float=Decimal, object_pairs_hook=dict)
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
