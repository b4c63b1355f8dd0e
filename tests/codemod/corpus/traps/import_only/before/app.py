from simple_salesforce.exceptions import SalesforceExpiredSession, SalesforceMalformedRequest

RETRY_ON = (SalesforceExpiredSession,)
GIVE_UP_ON = (SalesforceMalformedRequest,)
