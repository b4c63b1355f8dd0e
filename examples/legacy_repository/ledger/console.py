import getpass

from simple_salesforce import Salesforce

sf = Salesforce(username=input("User: "), password=getpass.getpass(), security_token=input("Token: "))
print(sf.limits()["DailyApiRequests"])
