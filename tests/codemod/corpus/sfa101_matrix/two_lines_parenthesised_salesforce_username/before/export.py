import os

from simple_salesforce import (
    Salesforce,
    SalesforceMalformedRequest,
)

sf = Salesforce(username=os.environ["SALESFORCE_USERNAME"], password=os.environ["SALESFORCE_PASSWORD"],
                security_token=os.environ["SALESFORCE_SECURITY_TOKEN"], version="59.0")
result = sf.query_all("SELECT Id, Name FROM Opportunity LIMIT 20")
print(result["totalSize"])
