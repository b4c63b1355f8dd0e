
from orgkey_simple_salesforce import Salesforce, SalesforceAuthenticationFailed

sf = Salesforce(
    domain="test",
)
result = sf.query_all("SELECT Id, Name FROM Opportunity LIMIT 20")
print(result["totalSize"])
