"""The cause of each refusal that the local Salesforce knows: a row of its error table without one is a KeyError."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orgkey_sim.oauth.errors import ROWS

if TYPE_CHECKING:
    from orgkey_sim.oauth.errors import Row

# Row of its error table, by grant where the same words mean different things.
REFUSALS = {
    "user_not_approved": "USER_NOT_APPROVED",
    "user_not_admin_approved": "USER_NOT_ADMIN_APPROVED",
    "invalid_assertion": "ASSERTION_INVALID",
    "audience_invalid": "AUDIENCE_INVALID",
    "audience_invalid_short": "AUDIENCE_INVALID",
    "audience_validation_failed": "AUDIENCE_INVALID",
    "expired_assertion": "JWT_EXPIRED",
    ("expired_code", "authorization_code"): "AUTHORIZATION_CODE_EXPIRED",
    ("expired_code", "refresh_token"): "REFRESH_IN_PROGRESS",
    "invalid_code": "AUTHORIZATION_CODE_INVALID",
    "expired_refresh_token": "REFRESH_TOKEN_INVALID",
    "being_processed": "REFRESH_IN_PROGRESS",
    "authentication_failure": "PASSWORD_FLOW_BLOCKED",
    "no_run_as_user": "RUN_AS_USER_MISSING",
    "domain_not_supported": "MY_DOMAIN_REQUIRED",
    "client_credentials_not_enabled": "CLIENT_CREDENTIALS_DISABLED",
    "ip_restricted": "IP_OR_HOURS_RESTRICTED",
    "inactive_user": "USER_INACTIVE",
    "inactive_organization": "ORG_INACTIVE",
    "activation_secret_invalid": "ACTIVATION_SECRET_INVALID",
    "invalid_client_id": "CLIENT_ID_INVALID",
    "invalid_client": "CLIENT_SECRET_INVALID",
    "app_not_installed": "APP_NOT_INSTALLED",
    "app_not_found": "APP_NOT_FOUND",
    "unsupported_grant_type": "GRANT_TYPE_UNSUPPORTED",
    "unknown_error": "RETRY_REQUEST",
    "rate_limit_exceeded": "LOGIN_RATE_EXCEEDED",
    "invalid_scope": "SCOPE_INVALID",
    "missing_parameter": "OAUTH_REQUEST_INVALID",
    "malformed_request": "OAUTH_REQUEST_INVALID",
    "app_blocked": "APP_BLOCKED",
    "invalid_code_verifier": "CODE_VERIFIER_INVALID",
    "authorize_not_admin_approved": "USER_NOT_ADMIN_APPROVED",
    "authorize_app_not_found": "APP_NOT_FOUND",
    "authorize_app_blocked": "APP_BLOCKED",
    "authorize_generic": "APPROVAL_FAILED",
    "authorize_app_not_installed": "APP_NOT_INSTALLED",
    "redirect_uri_mismatch": "REDIRECT_URI_MISMATCH",
    "redirect_uri_missing": "REDIRECT_URI_MISMATCH",
    "access_denied": "CONSENT_DENIED",
    "immediate_unsuccessful": "IMMEDIATE_UNSUCCESSFUL",
    "authorize_invalid_scope": "SCOPE_INVALID",
    "unsupported_response_type": "OAUTH_REQUEST_INVALID",
    "authorize_invalid_request": "OAUTH_REQUEST_INVALID",
}
GRANTS_AT = {
    "token": ("jwt_bearer", "client_credentials", "refresh_token", "authorization_code", "password"),
    "authorize": ("authorization_code",),
}
REFUSED = [(row, grant) for row in ROWS.values() for grant in row.grants or GRANTS_AT[row.surface]]


def expected_cause(row: Row, grant: str) -> str:
    """The cause that a refusal with that row has, where it met that grant."""
    return REFUSALS.get((row.id, grant)) or REFUSALS[row.id]
