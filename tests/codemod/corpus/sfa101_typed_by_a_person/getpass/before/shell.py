import getpass

from simple_salesforce import Salesforce

user = input("Salesforce user: ")
password = getpass.getpass("Password: ")
sf = Salesforce(username=user, password=password, security_token=getpass.getpass("Token: "))
