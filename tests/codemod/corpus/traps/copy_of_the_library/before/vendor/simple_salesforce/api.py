"""Heavily trimmed copy, patched for our proxy."""

from .login import SalesforceLogin


class Salesforce:
    def __init__(self, username=None, password=None, security_token=None, domain="login"):
        self.session_id, self.sf_instance = SalesforceLogin(
            username=username,
            password=password,
            security_token=security_token,
            domain=domain,
        )
