from simple_salesforce import SalesforceLogin

try:
    session_id, instance = SalesforceLogin(username=USER, password=PASSWORD, security_token=TOKEN)
except Exception, error:
    raise SystemExit(str(error))
