import os

import simple_salesforce

sf = simple_salesforce.Salesforce(username=os.environ["SALESFORCE_USERNAME"],
                                  password=os.environ["SALESFORCE_PASSWORD"],
                                  security_token=os.environ["SALESFORCE_SECURITY_TOKEN"],
                                  version="59.0")
contacts = sf.query("SELECT Id, Email FROM Contact LIMIT 10")["records"]
print(len(contacts))
