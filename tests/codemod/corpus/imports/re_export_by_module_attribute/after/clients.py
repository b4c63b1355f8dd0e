from orgkey_simple_salesforce import Salesforce, SalesforceLogin

__all__ = ["Salesforce", "SalesforceLogin"]
