from os import environ

from orgkey_simple_salesforce import SalesforceLogin

session_id, instance = SalesforceLogin(username=environ["CRM_USER"], sf_version="59.0")
print(instance)
