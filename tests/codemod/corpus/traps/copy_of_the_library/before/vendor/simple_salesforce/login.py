def SalesforceLogin(username=None, password=None, security_token=None, domain="login"):
    """SOAP login."""
    raise NotImplementedError
