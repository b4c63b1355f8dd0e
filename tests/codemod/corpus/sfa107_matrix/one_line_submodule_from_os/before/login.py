from os import environ

from simple_salesforce.login import SalesforceLogin

session_id, instance = SalesforceLogin(username=environ["CRM_USER"], password=environ["CRM_PASSWORD"], security_token=environ.get("CRM_TOKEN"), sf_version="59.0")
print(instance)
