from getpass import getpass

from simple_salesforce import SalesforceLogin

session_id, instance = SalesforceLogin(
    username=input("User: "),
    password=getpass(),
    security_token=input("Token: "),
)
print("connected to", instance)
