from os import environ

from orgkey_simple_salesforce import Salesforce, SalesforceAuthenticationFailed

sf = Salesforce( username = environ["CRM_USER"], proxies = None )
result = sf.query_all("SELECT Id, Name FROM Opportunity LIMIT 20")
print(result["totalSize"])
