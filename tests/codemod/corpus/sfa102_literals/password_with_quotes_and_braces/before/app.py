from simple_salesforce import Salesforce

sf = Salesforce(username="agent@acme.example", password='a"b{c}#d%e', security_token="")
