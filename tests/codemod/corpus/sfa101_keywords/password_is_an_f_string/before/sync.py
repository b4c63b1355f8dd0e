import os

from simple_salesforce import Salesforce

env = os.environ
sf = Salesforce(username=env["SF_USERNAME"], password=f"{env['SF_PASSWORD']}{env['SF_TOKEN']}", security_token="")
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
