"""The error table: everything the token and authorize endpoints refuse with, as data.

Texts come from Salesforce Help ("OAuth 2.0 Authorization Errors", remoteaccess_oauth_flow_errors) and from bug
reports of client libraries; ``source`` says which. Where no status was ever seen, 400 stands: RFC 6749, section 5.2.
None was checked against a live org. `OrgPolicies.error_status` changes the status of a row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from orgkey_sim.model import App, AppKind, Org, PermittedUsers

__all__ = ["ROWS", "OAuthError", "Provoke", "Row", "Scene"]

Surface = Literal["token", "authorize"]


class Scene(NamedTuple):
    """Where a row is provoked: an org, and an app in it."""

    org: Org
    app: App


Provoke = Callable[[Scene], object]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    ``description`` may have places in braces, filled in by whoever refuses. ``grants`` are the flows in which it was
    seen; empty means any. ``on_page`` shows the error on a page of Salesforce's, where others of the authorize
    endpoint send the browser back to the app. ``cause`` says what state of the org, or what in the request, leads to
    it. ``provoke`` puts the org in that state; for what no state explains, it makes the next request fail.
    """

    id: str
    error: str
    description: str
    cause: str
    provoke: Provoke
    status: int = 400
    surface: Surface = "token"
    on_page: bool = False
    grants: tuple[str, ...] = ()
    transient: bool = False
    source: str = ""


class OAuthError(Exception):
    """A refusal: which row, and what fills its description's places."""

    def __init__(self, row_id: str, **places: str) -> None:
        self.row = ROWS[row_id]
        self.description = self.row.description.format_map(defaultdict(str, places))
        super().__init__(f"{self.row.error}: {self.description}")


# -- what leads to them ---------------------------------------------------------------------------------------------


def _refuse_next(row_id: str) -> Provoke:
    return lambda scene: scene.org.refuse_next(row_id)


def _withdraw_approval(permitted_users: PermittedUsers) -> Provoke:
    def provoke(scene: Scene) -> None:
        scene.app.permitted_users = permitted_users
        for user in scene.org.users.values():
            scene.app.withdraw_approval(user)

    return provoke


def _accept_no_audience(row_id: str) -> Provoke:
    def provoke(scene: Scene) -> None:
        scene.org.policies.accepted_audiences = ()
        scene.org.policies.audience_error = row_id

    return provoke


def _set_org_clock_ahead(scene: Scene) -> None:
    scene.org.policies.clock_skew_seconds = 3600.0


def _block_password_flow(scene: Scene) -> None:
    scene.org.policies.password_flow = False


def _allow_other_addresses_only(scene: Scene) -> None:
    scene.app.relax_ip = False
    scene.org.policies.login_ip_ranges = ("203.0.113.0/24",)


def _deactivate_users(scene: Scene) -> None:
    for user in scene.org.users.values():
        user.deactivate()


def _uninstall_as(kind: AppKind) -> Provoke:
    def provoke(scene: Scene) -> None:
        scene.app.kind = kind
        scene.app.uninstall()

    return provoke


def _register_no_callback(scene: Scene) -> None:
    scene.app.callback_urls = ()


# -- the table ------------------------------------------------------------------------------------------------------

_JWT: Final = "jwt_bearer"
_CC: Final = "client_credentials"
_PASSWORD: Final = "password"  # noqa: S105 - the name of a grant
_CODE: Final = "authorization_code"
_REFRESH: Final = "refresh_token"

_HELP: Final = "Salesforce Help: remoteaccess_oauth_flow_errors"

_authorize: Final = partial(Row, surface="authorize", status=302)

_AT_TOKEN: Final = (
    Row(
        "user_not_approved",
        "invalid_grant",
        "user hasn't approved this consumer",
        "permitted users is 'all users may self-authorize' and the user never consented, or has no account here",
        _withdraw_approval("all_users"),
        grants=(_JWT,),
        source="https://github.com/omniphx/forrest/issues/278, https://github.com/restforce/restforce/issues/674",
    ),
    Row(
        "user_not_admin_approved",
        "invalid_app_access",
        "user is not admin approved to access this app",
        "permitted users is 'admin approved users are pre-authorized', and the user has none of the permission sets",
        _withdraw_approval("admin_approved"),
        grants=(_JWT, _CC),
        source="Salesforce Help: article 000212208",
    ),
    Row(
        "invalid_assertion",
        "invalid_grant",
        "invalid assertion",
        "the assertion is malformed, not RS256, or not signed with the key of the app's certificate",
        lambda scene: scene.app.replace_certificate(),
        grants=(_JWT,),
        source="https://github.com/frankkessler/salesforce-laravel-oauth2-rest/issues/68",
    ),
    Row(
        "audience_invalid",
        "invalid_grant",
        "audience is invalid  [audience={audience} login={login}]",
        "the assertion's aud is not the login host of this kind of org nor its My Domain",
        _accept_no_audience("audience_invalid"),
        grants=(_JWT,),
        source="https://github.com/forcedotcom/cli/issues/3325, https://github.com/forcedotcom/cli/issues/3482",
    ),
    Row(
        "audience_invalid_short",
        "invalid_grant",
        "Audience is invalid",
        "the same, in older wording (policy audience_error)",
        _accept_no_audience("audience_invalid_short"),
        grants=(_JWT,),
        source="bug reports of older years",
    ),
    Row(
        "audience_validation_failed",
        "invalid_grant",
        "Audience validation failed",
        "the same, in the wording of the documentation (policy audience_error)",
        _accept_no_audience("audience_validation_failed"),
        grants=(_JWT,),
        source=_HELP,
    ),
    Row(
        "expired_assertion",
        "invalid_grant",
        "expired authorization code",
        "the assertion's exp is missing, unreadable or past, by more than three minutes",
        _set_org_clock_ahead,
        grants=(_JWT,),
        source="https://github.com/simple-salesforce/simple-salesforce/issues/371 and /491",
    ),
    Row(
        "expired_code",
        "invalid_grant",
        "expired authorization code",
        "the authorization code is older than 15 minutes; also seen when one refresh token is used twice at once",
        _refuse_next("expired_code"),
        grants=(_CODE, _REFRESH),
        source="https://salesforce.stackexchange.com/questions/282513",
    ),
    Row(
        "invalid_code",
        "invalid_grant",
        "invalid authorization code",
        "the authorization code is unknown or was used before",
        _refuse_next("invalid_code"),
        grants=(_CODE,),
        source=_HELP,
    ),
    Row(
        "expired_refresh_token",
        "invalid_grant",
        "expired access/refresh token",
        "the refresh token was revoked, replaced or replayed, or ran out",
        lambda scene: scene.org.revoke(scene.app),
        grants=(_REFRESH,),
        source="https://github.com/airbytehq/airbyte/issues/82783",
    ),
    Row(
        "being_processed",
        "invalid_grant",
        "token request is already being processed",
        "two requests with one refresh token at the same time",
        _refuse_next("being_processed"),
        grants=(_REFRESH,),
        transient=True,
        source="https://github.com/forcedotcom/sfdx-core/pull/1342",
    ),
    Row(
        "authentication_failure",
        "invalid_grant",
        "authentication failure",
        "the username-password flow is blocked, as in new orgs since Summer '23, or the password is wrong",
        _block_password_flow,
        grants=(_PASSWORD,),
        source="Salesforce Help: remoteaccess_disable_username_password_flow_ca; "
        "https://github.com/jsforce/jsforce/issues/482",
    ),
    Row(
        "no_run_as_user",
        "invalid_grant",
        "no client credentials user enabled",
        "the app has no Run-As user",
        lambda scene: scene.app.remove_run_as(),
        grants=(_CC,),
        source="Salesforce Help: remoteaccess_oauth_client_credentials_flow",
    ),
    Row(
        "domain_not_supported",
        "invalid_grant",
        "request not supported on this domain",
        "Client Credentials at login.salesforce.com or test.salesforce.com: it works at the My Domain only",
        _refuse_next("domain_not_supported"),
        grants=(_CC,),
        source="Salesforce Help: remoteaccess_oauth_client_credentials_flow",
    ),
    Row(
        "client_credentials_not_enabled",
        "invalid_grant",
        "client credentials flow not enabled",
        "the flow is off in the app's settings or policies; the wording is not certain",
        lambda scene: scene.app.disable_flow("client_credentials"),
        grants=(_CC,),
    ),
    Row(
        "ip_restricted",
        "invalid_grant",
        "ip restricted or invalid login hours",
        "the client's address is outside the login IP ranges, or the hour outside the login hours",
        _allow_other_addresses_only,
        source="Salesforce Help: connected_app_continuous_ip",
    ),
    Row(
        "inactive_user",
        "invalid_grant",
        "inactive user",
        "the user is deactivated or frozen",
        _deactivate_users,
        source="https://github.com/restforce/restforce/issues/303",
    ),
    Row(
        "inactive_organization",
        "invalid_grant",
        "inactive organization",
        "the org is locked, closed or suspended",
        lambda scene: scene.org.suspend(),
        source=_HELP,
    ),
    Row(
        "activation_secret_invalid",
        "invalid_grant",
        "activation secret invalid",
        "unknown; the login history then says LOGIN_OAUTH_INVALID_DS",
        _refuse_next("activation_secret_invalid"),
        grants=(_REFRESH,),
        source="https://github.com/restforce/restforce/issues/826",
    ),
    Row(
        "invalid_client_id",
        "invalid_client_id",
        "client identifier invalid",
        "no app has this consumer key, or it is new and not yet known everywhere (2 to 10 minutes)",
        lambda scene: scene.org.delete_app(scene.app),
        source=_HELP,
    ),
    Row(
        "invalid_client",
        "invalid_client",
        "invalid client credentials",
        "the consumer secret is wrong, or was rotated",
        lambda scene: scene.app.rotate_secret(),
        grants=(_CC, _CODE, _REFRESH, _PASSWORD),
        source=_HELP,
    ),
    Row(
        "app_not_installed",
        "invalid_client",
        "app must be installed into org",
        "a connected app that is not installed here, since September 2025",
        _uninstall_as("connected_app"),
        source="Salesforce Help: article 005132365",
    ),
    Row(
        "app_not_found",
        "app_not_found",
        "External client app is not installed in this org",
        "an External Client App is known in its own org only: wrong login host, or the sandbox was refreshed",
        _uninstall_as("eca"),
        source="https://github.com/forcedotcom/cli/issues/3482, https://github.com/n8n-io/n8n/issues/28990",
    ),
    Row(
        "unsupported_grant_type",
        "unsupported_grant_type",
        "grant type not supported",
        "grant_type is missing or unknown, or the body was not read",
        _refuse_next("unsupported_grant_type"),
        source=_HELP,
    ),
    Row(
        "unknown_error",
        "unknown_error",
        "retry your request",
        "trouble on Salesforce's side",
        _refuse_next("unknown_error"),
        transient=True,
        source="https://github.com/amazon-connect/amazon-connect-salesforce-lambda/issues/43",
    ),
    Row(
        "rate_limit_exceeded",
        "rate_limit_exceeded",
        "Number of logins exceeded",
        "more than 3,600 logins of one user in an hour; the exact answer is not certain",
        lambda scene: scene.org.rate_limit_logins(0),
        transient=True,
        source="Salesforce Help: article 000381578",
    ),
    Row(
        "invalid_scope",
        "invalid_scope",
        "the requested scope is not allowed",
        "the request names a scope that the app does not have",
        _refuse_next("invalid_scope"),
        source="https://github.com/forcedotcom/SalesforceMobileSDK-iOS/issues/211",
    ),
    Row(
        "missing_parameter",
        "invalid_request",
        "missing required parameter: {parameter}",
        "a parameter of the grant is missing or empty; RFC 6749, section 5.2",
        _refuse_next("missing_parameter"),
    ),
    Row(
        "malformed_request",
        "invalid_request",
        "{reason}",
        "not a POST, a body that is no form, or one that is too large; RFC 6749, section 5.2",
        _refuse_next("malformed_request"),
    ),
    Row(
        "app_blocked",
        "app_blocked",
        "this app is blocked by admin",
        "an admin blocked the app",
        lambda scene: scene.app.block(),
        source="https://www.infallibletechie.com/2024/02/salesforce-blacklistedconsumer-metadata.html",
    ),
    Row(
        "invalid_code_verifier",
        "invalid_grant",
        "invalid code verifier",
        "the PKCE code_verifier does not belong to the code_challenge",
        _refuse_next("invalid_code_verifier"),
        grants=(_CODE,),
        source="Salesforce Developers: Object Reference, EventLogFile, Login Event Type",
    ),
)

_AT_AUTHORIZE: Final = (
    _authorize(
        "authorize_not_admin_approved",
        "OAUTH_APP_ACCESS_DENIED",
        "user is not admin approved to access this app",
        "as user_not_admin_approved",
        _withdraw_approval("admin_approved"),
        source="Salesforce Help: article 000212208",
    ),
    _authorize(
        "authorize_app_not_found",
        "OAUTH_EC_APP_NOT_FOUND",
        "External client app is not installed in this org",
        "as app_not_found",
        _uninstall_as("eca"),
        on_page=True,
        source="https://github.com/forcedotcom/cli/issues/3482",
    ),
    _authorize(
        "authorize_app_blocked",
        "OAUTH_APP_BLOCKED",
        "this app is blocked by admin",
        "as app_blocked",
        lambda scene: scene.app.block(),
        source="https://help.usergems.com/article/why-am-i-seeing-an-oauth-app-blocked-error",
    ),
    _authorize(
        "authorize_generic",
        "OAUTH_APPROVAL_ERROR_GENERIC",
        "An unexpected error has occurred during authentication. Please try again.",
        "a connected app that is not installed, a user with API-only access, or a scope missing on the app",
        _uninstall_as("connected_app"),
        on_page=True,
        source="Salesforce Help: article 005132365; "
        "https://www.nango.dev/blog/fix-salesforce-oauth-approval-error-generic",
    ),
    _authorize(
        "authorize_app_not_installed",
        "invalid_client",
        "app must be installed into org",
        "as app_not_installed, in another wording",
        _refuse_next("authorize_app_not_installed"),
        on_page=True,
        source="Salesforce Help: article 005132365",
    ),
    _authorize(
        "redirect_uri_mismatch",
        "redirect_uri_mismatch",
        "redirect_uri must match configuration",
        "the callback URL is none of the app's, to the letter",
        _register_no_callback,
        source=_HELP,
    ),
    _authorize(
        "redirect_uri_missing",
        "redirect_uri_missing",
        "redirect_uri not provided",
        "the request names no callback URL",
        _refuse_next("redirect_uri_missing"),
        source=_HELP,
    ),
    _authorize(
        "access_denied",
        "access_denied",
        "end-user denied authorization",
        "the user chose Deny",
        _refuse_next("access_denied"),
        source=_HELP,
    ),
    _authorize(
        "immediate_unsuccessful",
        "immediate_unsuccessful",
        "immediate unsuccessful",
        "prompt=none, and the user is not logged in or has not consented",
        _refuse_next("immediate_unsuccessful"),
        source=_HELP,
    ),
    _authorize(
        "authorize_invalid_scope",
        "invalid_scope",
        "the requested scope is not allowed",
        "as invalid_scope",
        _refuse_next("authorize_invalid_scope"),
        source="https://github.com/forcedotcom/SalesforceMobileSDK-iOS/issues/211",
    ),
    _authorize(
        "unsupported_response_type",
        "unsupported_response_type",
        "response type not supported",
        "response_type is not 'code'",
        _refuse_next("unsupported_response_type"),
        source=_HELP,
    ),
    _authorize(
        "authorize_invalid_request",
        "invalid_request",
        "missing required code challenge",
        "the app requires PKCE and the request has no S256 code_challenge",
        _refuse_next("authorize_invalid_request"),
        source="https://github.com/forcedotcom/SalesforceMobileSDK-Android/issues/1802",
    ),
)

ROWS: Final = MappingProxyType({row.id: row for row in _AT_TOKEN + _AT_AUTHORIZE})
"""Every row by its id."""
