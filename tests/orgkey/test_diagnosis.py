"""Every error Salesforce is known to send has its cause, and nothing makes the matcher fail."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from refusals import REFUSED, expected_cause

from orgkey import ClientCredentials, JWTBearer, OrgSession, SessionOptions
from orgkey.causes import Permanence
from orgkey.diagnosis import Evidence, cause, causes, diagnose, explain
from orgkey.diagnosis.catalogue import CatalogueError, load, parse
from orgkey.diagnosis.evidence import GRANTS, SURFACES
from orgkey.errors import TokenRequestError
from orgkey_sim import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from orgkey import Grant
    from orgkey_sim import App, User
    from orgkey_sim.oauth.errors import Row

MY_DOMAIN = "acme.my.salesforce.com"

# surface, grant, error, error_description, cause
TOKEN_ROWS = [
    ("jwt_bearer", "invalid_grant", "user hasn't approved this consumer", "USER_NOT_APPROVED"),
    ("jwt_bearer", "invalid_app_access", "user is not admin approved to access this app", "USER_NOT_ADMIN_APPROVED"),
    ("jwt_bearer", "invalid_grant", "invalid assertion", "ASSERTION_INVALID"),
    ("jwt_bearer", "invalid_grant", "audience is invalid  [audience=https://a login=https://b]", "AUDIENCE_INVALID"),
    ("jwt_bearer", "invalid_grant", "Audience is invalid", "AUDIENCE_INVALID"),
    ("jwt_bearer", "invalid_grant", "Audience validation failed", "AUDIENCE_INVALID"),
    ("jwt_bearer", "invalid_grant", "expired authorization code", "JWT_EXPIRED"),
    ("authorization_code", "invalid_grant", "expired authorization code", "AUTHORIZATION_CODE_EXPIRED"),
    ("refresh_token", "invalid_grant", "expired authorization code", "REFRESH_IN_PROGRESS"),
    ("refresh_token", "invalid_grant", "token request is already being processed", "REFRESH_IN_PROGRESS"),
    ("authorization_code", "invalid_grant", "invalid authorization code", "AUTHORIZATION_CODE_INVALID"),
    ("authorization_code", "invalid_grant", "invalid code verifier", "CODE_VERIFIER_INVALID"),
    ("refresh_token", "invalid_grant", "expired access/refresh token", "REFRESH_TOKEN_INVALID"),
    ("password", "invalid_grant", "authentication failure", "PASSWORD_FLOW_BLOCKED"),
    ("client_credentials", "invalid_grant", "no client credentials user enabled", "RUN_AS_USER_MISSING"),
    ("client_credentials", "invalid_grant", "request not supported on this domain", "MY_DOMAIN_REQUIRED"),
    ("client_credentials", "invalid_grant", "client credentials flow not enabled", "CLIENT_CREDENTIALS_DISABLED"),
    ("client_credentials", "invalid_request", "Client Credentials Flow not enabled", "CLIENT_CREDENTIALS_DISABLED"),
    ("jwt_bearer", "invalid_grant", "ip restricted or invalid login hours", "IP_OR_HOURS_RESTRICTED"),
    ("refresh_token", "invalid_grant", "ip restricted", "IP_OR_HOURS_RESTRICTED"),
    ("refresh_token", "invalid_grant", "inactive user", "USER_INACTIVE"),
    ("jwt_bearer", "inactive_user", "user is inactive", "USER_INACTIVE"),
    ("jwt_bearer", "invalid_grant", "inactive organization", "ORG_INACTIVE"),
    ("jwt_bearer", "inactive_org", "", "ORG_INACTIVE"),
    ("refresh_token", "invalid_grant", "activation secret invalid", "ACTIVATION_SECRET_INVALID"),
    ("jwt_bearer", "invalid_client_id", "client identifier invalid", "CLIENT_ID_INVALID"),
    ("client_credentials", "invalid_client", "invalid client credentials", "CLIENT_SECRET_INVALID"),
    ("refresh_token", "invalid_client", "app must be installed into org", "APP_NOT_INSTALLED"),
    ("jwt_bearer", "app_not_found", "External client app is not installed in this org", "APP_NOT_FOUND"),
    ("jwt_bearer", "unsupported_grant_type", "grant type not supported", "GRANT_TYPE_UNSUPPORTED"),
    ("password", "unknown_error", "retry your request", "RETRY_REQUEST"),
    ("jwt_bearer", "rate_limit_exceeded", "Number of logins exceeded", "LOGIN_RATE_EXCEEDED"),
    ("jwt_bearer", "invalid_grant", "login rate exceeded", "LOGIN_RATE_EXCEEDED"),
    ("client_credentials", "invalid_grant", "no valid scopes defined", "NO_SCOPES"),
]

AUTHORIZE_ROWS = [
    ("OAUTH_APP_ACCESS_DENIED", "user is not admin approved to access this app", "USER_NOT_ADMIN_APPROVED"),
    ("invalid_client", "app must be installed into org", "APP_NOT_INSTALLED"),
    ("OAUTH_EC_APP_NOT_FOUND", "External client app is not installed in this org", "APP_NOT_FOUND"),
    ("OAUTH_APP_BLOCKED", "this app is blocked by admin", "APP_BLOCKED"),
    ("OAUTH_APPROVAL_ERROR_GENERIC", "An unexpected error has occured during authentication.", "APPROVAL_FAILED"),
    ("redirect_uri_mismatch", "redirect_uri must match configuration", "REDIRECT_URI_MISMATCH"),
    ("redirect_uri_missing", "", "REDIRECT_URI_MISMATCH"),
    ("access_denied", "end-user denied authorization", "CONSENT_DENIED"),
    ("invalid_scope", "", "SCOPE_INVALID"),
    ("unsupported_response_type", "", "OAUTH_REQUEST_INVALID"),
    ("invalid_request", "", "OAUTH_REQUEST_INVALID"),
    ("immediate_unsuccessful", "", "IMMEDIATE_UNSUCCESSFUL"),
]

API_ROWS = [
    ("rest", 401, "INVALID_SESSION_ID", "Session expired or invalid", "SESSION_EXPIRED"),
    (
        "rest",
        401,
        "INVALID_SESSION_ID",
        "This session is not valid for use with the REST API",
        "SESSION_NOT_FOR_REST_API",
    ),
    ("rest", 403, "API_DISABLED_FOR_ORG", "The REST API is not enabled for this Organization.", "API_DISABLED"),
    ("soap", 500, "API_CURRENTLY_DISABLED", "API is disabled for this User", "API_DISABLED"),
    ("rest", 403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", "REQUEST_LIMIT_EXCEEDED"),
    ("rest", 403, "INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights", "INSUFFICIENT_ACCESS"),
    ("rest", 401, "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE", "AUTHORIZATION_HEADER_INVALID"),
    ("rest", 410, "", "", "API_VERSION_RETIRED"),
    ("bulk2", 401, "INVALID_SESSION_ID", "Session expired or invalid", "SESSION_EXPIRED"),
    ("bulk1", 400, "InvalidSessionId", "Invalid session id", "SESSION_EXPIRED"),
    ("bulk1", 400, "InvalidVersion", "API version in the URI is mandatory.", "API_VERSION_RETIRED"),
    ("soap", 500, "INVALID_SESSION_ID", "Invalid Session ID found in SessionHeader", "SESSION_EXPIRED"),
    ("soap", 500, "UNSUPPORTED_API_VERSION", "UNSUPPORTED_API_VERSION: Invalid Api version", "API_VERSION_RETIRED"),
    ("soap", 500, "INVALID_LOGIN", "Invalid username, password, security token; or user locked out.", "PASSWORD_WRONG"),
    ("soap", 500, "LOGIN_MUST_USE_SECURITY_TOKEN", "", "SECURITY_TOKEN_REQUIRED"),
    (
        "soap",
        500,
        "INVALID_OPERATION",
        "SOAP API login() is disabled by default in this org. Contact the org administrator.",
        "SOAP_LOGIN_DISABLED",
    ),
    (
        "soap",
        500,
        "INVALID_OPERATION",
        "The SOAP Login operation is not available in the API version specified (65.0).",
        "SOAP_LOGIN_NOT_IN_VERSION",
    ),
    ("identity", 403, "Bad_OAuth_Token", "", "SESSION_EXPIRED"),
]


@pytest.mark.parametrize(("grant", "error", "description", "expected"), TOKEN_ROWS)
def test_token_endpoint_errors_are_told_apart_by_grant_and_description(
    grant: str, error: str, description: str, expected: str
) -> None:
    evidence = Evidence(
        grant=grant, error=error, error_description=description, status=400, login_host=MY_DOMAIN, clock_skew=0.4
    )
    assert diagnose(evidence).cause.id == expected


@pytest.mark.parametrize(("error", "description", "expected"), AUTHORIZE_ROWS)
def test_authorize_endpoint_errors(error: str, description: str, expected: str) -> None:
    evidence = Evidence(
        surface="authorize",
        grant="authorization_code",
        error=error,
        error_description=description,
        login_host=MY_DOMAIN,
    )
    assert diagnose(evidence).cause.id == expected


@pytest.mark.parametrize(("surface", "status", "error", "message", "expected"), API_ROWS)
def test_api_errors(surface: str, status: int, error: str, message: str, expected: str) -> None:
    evidence = Evidence(surface=surface, error=error, error_description=message, status=status, token_format="opaque")
    assert diagnose(evidence).cause.id == expected


@pytest.mark.parametrize(
    ("status", "expected", "permanent"),
    [
        (500, "SALESFORCE_UNAVAILABLE", False),
        (503, "SALESFORCE_UNAVAILABLE", False),
        (429, "LOGIN_RATE_EXCEEDED", False),
        (407, "ENDPOINT_UNREACHABLE_PROXY", True),
        (302, "TOKEN_ENDPOINT_REDIRECT", True),
        (418, "UNKNOWN", True),
    ],
)
def test_a_status_alone_is_evidence(status: int, expected: str, permanent: bool) -> None:
    diagnosis = diagnose(Evidence(grant="jwt_bearer", status=status, login_host=MY_DOMAIN))
    assert (diagnosis.cause.id, diagnosis.permanent) == (expected, permanent)


@pytest.mark.parametrize("kind", ["dns", "refused", "tls", "no_tls", "proxy", "timeout"])
def test_network_failures(kind: str) -> None:
    diagnosis = diagnose(Evidence(surface="network", error=kind, login_host=MY_DOMAIN))
    assert diagnosis.cause.id == f"ENDPOINT_UNREACHABLE_{kind.upper()}"
    assert diagnosis.wire == ""


def test_what_the_program_found_by_itself_is_named_by_its_cause() -> None:
    evidence = Evidence(surface="local", error="UNTRUSTED_INSTANCE_URL", facts=("it names https://a.example.com",))
    diagnosis = diagnose(evidence)
    assert diagnosis.cause is cause("UNTRUSTED_INSTANCE_URL")
    assert diagnosis.evidence == ("it names https://a.example.com",)
    assert diagnosis.wire == ""


@pytest.mark.parametrize("host", ["login.salesforce.com", "test.salesforce.com"])
def test_app_not_found_at_a_generic_host_names_the_setting(host: str) -> None:
    evidence = Evidence(
        grant="jwt_bearer",
        error="app_not_found",
        error_description="External client app is not installed in this org",
        status=400,
        login_host=host,
    )
    diagnosis = diagnose(evidence)
    assert diagnosis.cause.title == "External Client Apps answer only at My Domain: set SALESFORCE_LOGIN_URL"
    assert [other.id for other in diagnosis.alternatives] == ["APP_NOT_FOUND"]
    assert diagnose(replace(evidence, login_host="login-acme.my.salesforce.com")).cause.id == "APP_NOT_FOUND"


@pytest.mark.parametrize("description", ["expired authorization code", "invalid assertion"])
@pytest.mark.parametrize("skew", [-400.0, 181.0])
def test_a_wrong_clock_is_named_before_what_it_looks_like(description: str, skew: float) -> None:
    evidence = Evidence(
        grant="jwt_bearer", error="invalid_grant", error_description=description, status=400, clock_skew=skew
    )
    diagnosis = diagnose(evidence)
    assert diagnosis.cause.id == "CLOCK_SKEW"
    assert len(diagnosis.alternatives) == 1
    assert f"{abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} Salesforce" in str(diagnosis)


@pytest.mark.parametrize(
    ("grant", "skew", "expected"),
    [
        ("jwt_bearer", 179.0, "JWT_EXPIRED"),  # within the three minutes that Salesforce allows
        ("jwt_bearer", None, "JWT_EXPIRED"),  # no Date header, nothing to blame
        ("refresh_token", 4000.0, "REFRESH_IN_PROGRESS"),  # no JWT, so the clock explains nothing
    ],
)
def test_the_clock_is_blamed_only_where_it_explains_the_error(grant: str, skew: float | None, expected: str) -> None:
    evidence = Evidence(
        grant=grant,
        error="invalid_grant",
        error_description="expired authorization code",
        status=400,
        clock_skew=skew,
    )
    assert diagnose(evidence).cause.id == expected


def test_a_jwt_access_token_refused_by_soap_needs_no_renewal() -> None:
    evidence = Evidence(surface="soap", error="INVALID_SESSION_ID", status=500, token_format="jwt")
    assert diagnose(evidence).cause.id == "JWT_TOKEN_REST_ONLY"


def test_an_unknown_error_says_so_and_keeps_the_wire_text_redacted() -> None:
    token = "00D5g000004XYZA!AQEAQFakeTokenThatMustNotBeSeen"
    evidence = Evidence(grant="jwt_bearer", error="new_error", error_description=f"about {token}\x1b[2J", status=400)
    diagnosis = diagnose(evidence)
    assert diagnosis.cause.id == "UNKNOWN"
    assert diagnosis.permanent
    assert "new_error: about 00D5g000004XYZA!**********" in diagnosis.wire
    assert "FakeToken" not in str(diagnosis)
    assert "\x1b" not in str(diagnosis)


def test_a_code_without_description_is_unknown_with_what_it_could_be() -> None:
    diagnosis = diagnose(Evidence(grant="client_credentials", error="invalid_grant", status=400))
    assert diagnosis.cause.id == "UNKNOWN"
    assert "RUN_AS_USER_MISSING" in {other.id for other in diagnosis.alternatives}
    assert "USER_NOT_APPROVED" not in {other.id for other in diagnosis.alternatives}


_WIRE = st.sampled_from([text for row in TOKEN_ROWS for text in row[1:3]]) | st.text(max_size=40)


@given(
    evidence=st.builds(
        Evidence,
        surface=st.sampled_from(["", *sorted(SURFACES)]),
        grant=st.sampled_from(["", *sorted(GRANTS)]),
        error=_WIRE,
        error_description=_WIRE,
        status=st.integers(0, 999),
        login_host=st.sampled_from(["", MY_DOMAIN, "login.salesforce.com"]) | st.text(max_size=20),
        token_format=st.sampled_from(["", "opaque", "jwt"]),
        clock_skew=st.none() | st.floats(),
    )
)
def test_diagnose_never_raises_and_its_text_fits_a_terminal(evidence: Evidence) -> None:
    diagnosis = diagnose(evidence)
    assert diagnosis.cause not in diagnosis.alternatives
    assert all(line.isprintable() for line in str(diagnosis).splitlines())
    json.dumps(diagnosis.as_dict())


# --- the local Salesforce: each refusal that it knows has its cause


@pytest.mark.parametrize(("row", "grant"), REFUSED, ids=lambda value: getattr(value, "id", value))
def test_every_row_of_the_local_salesforce_is_diagnosed(row: Row, grant: str) -> None:
    evidence = Evidence(
        surface=row.surface,
        grant=grant,
        error=row.error,
        error_description=row.description,
        status=row.status,
        login_host=MY_DOMAIN,
        clock_skew=0.0,
    )
    diagnosis = diagnose(evidence)
    assert diagnosis.cause.id == expected_cause(row, grant)
    if grant != "refresh_token":  # there, one description is of a passing failure as well
        assert diagnosis.permanent is not row.transient


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World() as world:
        yield world


GRANT_MAKERS: dict[str, Callable[[App, User], Grant]] = {
    "jwt_bearer": lambda app, user: JWTBearer(app.client_id, user.username, app.private_key_pem),
    "client_credentials": lambda app, user: ClientCredentials(app.client_id, app.client_secret),
}


@pytest.mark.parametrize(
    ("row", "grant"),
    [(row, grant) for row, grant in REFUSED if grant in GRANT_MAKERS and row.surface == "token"],
    ids=lambda value: getattr(value, "id", value),
)
def test_a_session_that_is_refused_has_the_diagnosis(world: World, row: Row, grant: str) -> None:
    name = f"org{len(list(world))}"
    org = world.create_org(name)
    user = org.create_user(f"agent@{name}.example")
    app = org.create_app("Agent", flows={"jwt_bearer", "client_credentials"}, run_as=user)
    options = SessionOptions(allow_loopback_http=True, attempts=1)
    session = OrgSession(GRANT_MAKERS[grant](app, user), org.login_url, options)
    org.provoke(row.id, app)
    with pytest.raises(TokenRequestError) as caught:
        session.token()
    # Here the Date header of the answer tells that it is the clock.
    expected = "CLOCK_SKEW" if row.id == "expired_assertion" else expected_cause(row, grant)
    assert caught.value.diagnosis.cause.id == expected
    assert caught.value.error == row.error


# --- explain: the same from text that somebody pasted

EXPLAINED = {
    "invalid_grant: user hasn't approved this consumer": "USER_NOT_APPROVED",
    '{"error":"invalid_grant","error_description":"user hasn\'t approved this consumer"}': "USER_NOT_APPROVED",
    ("{'error': 'invalid_grant', 'error_description': \"user hasn't approved this consumer\"}"): "USER_NOT_APPROVED",
    (
        r'{"message":"login failed",'
        r'"body":"{\"error\":\"app_not_found\",\"error_description\":\"External client app\"}"}'
    ): "APP_NOT_FOUND",
    (
        "2026-03-01T02:11:09Z ERROR agent simple_salesforce.exceptions.SalesforceAuthenticationFailed: "
        "invalid_grant: no client credentials user enabled"
    ): "RUN_AS_USER_MISSING",
    (
        "Expired session for https://acme.my.salesforce.com/services/data/v59.0/query/. Response "
        "content: [{'message': 'Session expired or invalid', 'errorCode': 'INVALID_SESSION_ID'}]"
    ): "SESSION_EXPIRED",
    (
        '[{"message":"This session is not valid for use with the REST API","errorCode":"INVALID_SESSION_ID"}]'
    ): "SESSION_NOT_FOR_REST_API",
    (
        "<soapenv:Fault><faultcode>sf:INVALID_OPERATION</faultcode><faultstring>INVALID_OPERATION: SOAP "
        "API login() is disabled by default in this org.</faultstring></soapenv:Fault>"
    ): "SOAP_LOGIN_DISABLED",
    (
        '<error xmlns="http://www.force.com/2009/06/asyncapi/dataload"><exceptionCode>InvalidSessionId'
        "</exceptionCode><exceptionMessage>Invalid session id</exceptionMessage></error>"
    ): "SESSION_EXPIRED",
    (
        "GET /callback?error=OAUTH_APP_ACCESS_DENIED"
        "&error_description=user+is+not+admin+approved+to+access+this+app HTTP/1.1"
    ): "USER_NOT_ADMIN_APPROVED",
    "httpx.ConnectError: [Errno -2] Name or service not known": "ENDPOINT_UNREACHABLE_DNS",
    "requests.exceptions.ConnectionError: [Errno 111] Connection refused": "ENDPOINT_UNREACHABLE_REFUSED",
    "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed": "ENDPOINT_UNREACHABLE_TLS",
    "httpx.ConnectError: [SSL: WRONG_VERSION_NUMBER] wrong version number": "ENDPOINT_UNREACHABLE_NO_TLS",
    "ReadTimeout: The read operation timed out": "ENDPOINT_UNREACHABLE_TIMEOUT",
    "HTTP/1.1 503 Service Unavailable": "SALESFORCE_UNAVAILABLE",
    "Login History: Failed: Signature Invalid": "ASSERTION_INVALID",
    "LOGIN_OAUTH_INVALID_IP": "IP_OR_HOURS_RESTRICTED",
    "User is frozen": "USER_FROZEN",
    "requests.exceptions.ProxyError: Tunnel connection failed: 403 Forbidden": "ENDPOINT_UNREACHABLE_PROXY",
    "httpx.ReadError: Connection reset by peer": "ENDPOINT_UNREACHABLE",
    "HTTP/1.1 302 Found": "TOKEN_ENDPOINT_REDIRECT",
    "renewal failed: jwt_bearer at acme.my.salesforce.com (generation 2, CLOCK_SKEW)": "CLOCK_SKEW",
    "everything is fine": "UNKNOWN",
    "": "UNKNOWN",
}


@pytest.mark.parametrize(("text", "expected"), EXPLAINED.items())
def test_explain_reads_what_people_paste(text: str, expected: str) -> None:
    assert explain(text).cause.id == expected


def test_explain_takes_an_error_and_its_description_apart() -> None:
    diagnosis = explain("invalid_grant", "user hasn't approved this consumer")
    assert diagnosis.cause.id == "USER_NOT_APPROVED"
    assert diagnosis.wire == "invalid_grant: user hasn't approved this consumer"


def test_explain_ranks_what_a_bare_code_could_mean_for_the_grant() -> None:
    diagnosis = explain("ERROR token request failed: invalid_grant", grant="jwt_bearer")
    assert diagnosis.cause.id == "UNKNOWN"
    named = [other.id for other in diagnosis.alternatives]
    assert {"USER_NOT_APPROVED", "ASSERTION_INVALID"} <= set(named)
    assert "RUN_AS_USER_MISSING" not in named


def test_explain_takes_the_grant_and_host_from_its_caller() -> None:
    text = '{"error":"invalid_grant","error_description":"expired authorization code"}'
    assert explain(text, grant="jwt_bearer").cause.id == "JWT_EXPIRED"
    assert explain(text, grant="refresh_token").cause.id == "REFRESH_IN_PROGRESS"
    assert explain("app_not_found", login_host="test.salesforce.com").cause.id == "GENERIC_LOGIN_HOST"


@given(st.text(max_size=300) | st.lists(_WIRE, max_size=5).map(" ".join))
def test_explain_never_raises(text: str) -> None:
    explain(text)


# --- the catalogue itself


def test_every_cause_is_complete_and_speaks_of_itself_only() -> None:
    assert len(causes()) >= 60
    for row in causes():
        assert row.explanation.endswith((".", "'")), row.id
        assert row.source.startswith(("https://", "Salesforce ", "Microsoft Learn", "RFC ")), row.id
        assert "  " not in row.explanation, row.id
        assert len(row.title) <= 110, row.id


def test_every_cause_that_can_be_recognised_is_tested_above() -> None:
    told_apart_by_context = {"CLOCK_SKEW", "GENERIC_LOGIN_HOST", "JWT_TOKEN_REST_ONLY"}
    tested = {row[-1] for row in (*TOKEN_ROWS, *AUTHORIZE_ROWS, *API_ROWS)} | {*EXPLAINED.values()}
    assert {rule.cause_id for rule in load().rules} - tested == told_apart_by_context - tested


def test_the_passing_failures_are_transient_and_the_others_are_not() -> None:
    transient = {row.id for row in causes() if row.permanence is Permanence.TRANSIENT}
    assert transient == {
        "BODY_NOT_REPLAYABLE",
        "ENDPOINT_UNREACHABLE",
        "ENDPOINT_UNREACHABLE_REFUSED",
        "ENDPOINT_UNREACHABLE_TIMEOUT",
        "LOGIN_HOURS_RESTRICTED",
        "LOGIN_RATE_EXCEEDED",
        "KEY_SERVICE_UNAVAILABLE",
        "REFRESH_IN_PROGRESS",
        "RENEWAL_UNDER_WAY",
        "TENANT_STORE_UNAVAILABLE",
        "REQUEST_LIMIT_EXCEEDED",
        "RETRY_REQUEST",
        "SALESFORCE_UNAVAILABLE",
        "SESSION_EXPIRED",
    }


_UNKNOWN = """
[[cause]]
id = "UNKNOWN"
title = "t"
permanence = "permanent"
who = "admin"
explanation = "e"
remedy = ["r"]
source = "s"
confidence = "inferred"
"""


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        (_UNKNOWN + _UNKNOWN, "UNKNOWN: the id is used twice"),
        (_UNKNOWN.replace("UNKNOWN", "OTHER"), "UNKNOWN: the cause of everything unrecognised is missing"),
        (_UNKNOWN.replace('"UNKNOWN"', '"unknown"'), "unknown: id is not in capitals"),
        (_UNKNOWN.replace('["r"]', "[]"), "UNKNOWN: fields remedy must not be empty"),
        (_UNKNOWN.replace('source = "s"', ""), "UNKNOWN: fields needs exactly"),
        (_UNKNOWN.replace('"inferred"', '"sure"'), "UNKNOWN: confidence is none of"),
        (_UNKNOWN.replace('"admin"', '"nobody we know"'), "UNKNOWN: 'nobody we know' is not a valid Who"),
        (_UNKNOWN + '[[cause.match]]\nerror = "a"\ncolour = "b"', "UNKNOWN: match has an unknown key"),
        (_UNKNOWN + '[[cause.match]]\nsurface = "token"', "UNKNOWN: match has no condition on the wire"),
        (_UNKNOWN + '[[cause.match]]\nerror = "a"\nsurface = "tokn"', "UNKNOWN: surface is none of"),
        (_UNKNOWN + '[[cause.match]]\nerror = "a"\ngrant = "jwt"', "UNKNOWN: grant is none of"),
        (_UNKNOWN + '[[cause.match]]\nerror = "a"\nhost = "moon"', "UNKNOWN: host is none of"),
        (_UNKNOWN + '[[cause.match]]\ndescription = "("', "UNKNOWN: the pattern '(' cannot be read"),
    ],
)
def test_a_broken_catalogue_names_the_cause_and_the_field(broken: str, named: str) -> None:
    tomllib.loads(broken)
    with pytest.raises(CatalogueError) as caught:
        parse(broken)
    assert str(caught.value).startswith(named)
