from simple_salesforce import Salesforce

sf = Salesforce(username="your_username", password="your_password", security_token="your_security_token")
