from orgkey_simple_salesforce import Salesforce

sf = Salesforce()
