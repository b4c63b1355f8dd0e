import os

from simple_salesforce import Salesforce

password = os.environ.get("SF_PASSWORD")
sf = None
if password:
    sf = Salesforce(username=os.environ["SF_USERNAME"], password=password, security_token="")
if sf:
    print(sf.query("SELECT Id FROM Contact")["totalSize"])
