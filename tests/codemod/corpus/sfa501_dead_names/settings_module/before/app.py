import settings
from simple_salesforce import Salesforce

sf = Salesforce(username=settings.SF_USERNAME, password=settings.SF_PASSWORD, security_token=settings.SF_TOKEN)
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
