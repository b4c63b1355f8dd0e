import settings
from orgkey_simple_salesforce import Salesforce

sf = Salesforce(username=settings.SF_USERNAME)
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
