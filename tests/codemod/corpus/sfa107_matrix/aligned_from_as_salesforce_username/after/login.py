
from orgkey_simple_salesforce import SalesforceLogin as sf_login

session_id, instance = sf_login(sf_version="59.0")
print(instance)
