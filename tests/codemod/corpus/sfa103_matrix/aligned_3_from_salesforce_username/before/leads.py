import os

from simple_salesforce import Salesforce

sf = Salesforce(os.environ["SALESFORCE_USERNAME"],
                os.environ["SALESFORCE_PASSWORD"],
                os.environ["SALESFORCE_SECURITY_TOKEN"])
print(sf.query("SELECT Id FROM Lead LIMIT 1")["totalSize"])
