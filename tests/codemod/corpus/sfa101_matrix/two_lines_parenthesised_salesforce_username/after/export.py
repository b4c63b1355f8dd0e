
from orgkey_simple_salesforce import (
    Salesforce,
    SalesforceMalformedRequest,
)

sf = Salesforce(version="59.0")
result = sf.query_all("SELECT Id, Name FROM Opportunity LIMIT 20")
print(result["totalSize"])
