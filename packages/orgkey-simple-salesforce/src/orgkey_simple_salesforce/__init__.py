"""simple-salesforce without passwords: change one import line, and every path survives an expired session.

``from orgkey_simple_salesforce import Salesforce`` in place of ``from simple_salesforce import Salesforce``. All that
simple-salesforce exports can be imported from here; ``Salesforce`` and ``SalesforceLogin`` are this package's.
"""

from __future__ import annotations

from simple_salesforce.api import SFType
from simple_salesforce.bulk import SFBulkHandler
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceError,
    SalesforceExpiredSession,
    SalesforceGeneralError,
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceRefusedRequest,
    SalesforceResourceNotFound,
)
from simple_salesforce.format import format_external_id, format_soql

from orgkey_simple_salesforce.client import Salesforce
from orgkey_simple_salesforce.errors import (
    ActsAsWarning,
    LoginFailed,
    LoginNotConfigured,
    PasswordLoginRemoved,
    SessionRejected,
    exception_for,
)
from orgkey_simple_salesforce.login import SalesforceLogin
from orgkey_simple_salesforce.replacement import install

__version__ = "0.1.0"

__all__ = [
    "ActsAsWarning",
    "LoginFailed",
    "LoginNotConfigured",
    "PasswordLoginRemoved",
    "SFBulkHandler",
    "SFType",
    "Salesforce",
    "SalesforceAuthenticationFailed",
    "SalesforceError",
    "SalesforceExpiredSession",
    "SalesforceGeneralError",
    "SalesforceLogin",
    "SalesforceMalformedRequest",
    "SalesforceMoreThanOneRecord",
    "SalesforceRefusedRequest",
    "SalesforceResourceNotFound",
    "SessionRejected",
    "__version__",
    "exception_for",
    "format_external_id",
    "format_soql",
    "install",
]
