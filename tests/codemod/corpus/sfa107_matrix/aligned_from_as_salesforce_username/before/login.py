import os

from simple_salesforce import SalesforceLogin as sf_login

session_id, instance = sf_login(username=os.environ["SALESFORCE_USERNAME"],
                                password=os.environ["SALESFORCE_PASSWORD"],
                                security_token=os.environ["SALESFORCE_SECURITY_TOKEN"],
                                sf_version="59.0")
print(instance)
