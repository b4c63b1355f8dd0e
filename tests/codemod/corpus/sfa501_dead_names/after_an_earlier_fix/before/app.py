from orgkey_simple_salesforce import Salesforce

import config

sf = Salesforce(username=config.SF_USERNAME)
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
