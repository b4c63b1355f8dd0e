from simple_salesforce import Salesforce

from secrets_store import salesforce_credentials

sf = Salesforce(*salesforce_credentials("prod"), version="58.0")
