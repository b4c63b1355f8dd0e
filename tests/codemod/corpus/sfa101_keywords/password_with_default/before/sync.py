from os import environ, getenv

from simple_salesforce import Salesforce

sf = Salesforce(username=environ["SF_USERNAME"], password=getenv("SF_PASSWORD", ""), security_token=getenv("SF_TOKEN", ""))
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
