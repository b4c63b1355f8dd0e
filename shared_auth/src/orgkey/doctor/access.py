"""Checks of what Salesforce grants: the token, its scopes, who acts and where, the API, one query, the session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from orgkey.doctor.finding import Check, Finding, failed, not_run, ok, warning
from orgkey.errors import ConfigError, TokenRequestError
from orgkey.rest import open_rest
from orgkey.settings.hosts import is_sandbox

if TYPE_CHECKING:
    from orgkey.doctor.examination import Examination

__all__ = ["CHECKS"]

_OPEN_THE_API: Final = frozenset({"api", "full"})
_FEW_LEFT: Final = 0.1
_MINUTE: Final = 60
_SHORT_ID: Final = 15


def _token(exam: Examination) -> Finding:
    token = exam.session.token()
    return ok(
        "Salesforce gave an access token", f"API host: {token.instance_url}", f"org: {token.org_id}", f"{token.format}"
    )


def _scopes(exam: Examination) -> Finding:
    granted = exam.session.token().scope
    fact = f"granted: {' '.join(sorted(granted)) or 'not said'}"
    if not granted:
        return warning("the answer does not say which scopes were granted", fact)
    if not granted & _OPEN_THE_API:
        return failed(exam.diagnose("local", "MISSING_SCOPE", "missing: api", fact))
    if "full" in granted:
        return warning("the scope full grants more than any program needs: 'api' opens the API", fact)
    return ok("the scopes open the API", fact)


def _org(exam: Examination) -> Finding:
    token, wanted = exam.session.token(), exam.expected.org_id
    fact = f"org id: {token.org_id}"
    if wanted and wanted[:_SHORT_ID] != token.org_id[:_SHORT_ID]:
        return failed(exam.diagnose("local", "OTHER_ORG_THAN_MEANT", fact, f"meant: {wanted}"))
    return ok("this is the org that is meant" if wanted else "the org told its id", fact)


def _acts_as(exam: Examination) -> Finding:
    person = exam.session.userinfo()
    username = str(person.get("preferred_username", ""))
    meant = exam.expected.username or exam.session.grant.username or ""
    facts = (f"acts as: {username}", f"user id: {person.get('user_id', '')}")
    if meant and username.lower() != meant.lower():
        return failed(exam.diagnose("local", "ACTS_AS_ANOTHER_USER", *facts, f"meant: {meant}"))
    return ok(f"acts as {username}" + (", as meant" if meant else ""), *facts)


def _api(exam: Examination) -> Finding:
    with open_rest(exam.session) as rest:
        version = exam.facts["api_version"] = rest.latest_version()
        limits = rest.get(f"/services/data/v{version}/limits")
    daily: Any = limits.get("DailyApiRequests", {}) if isinstance(limits, dict) else {}
    most, left = daily.get("Max", 0), daily.get("Remaining", 0)
    fact = f"API {version}; {left:,} of {most:,} calls left today"
    if most and left < most * _FEW_LEFT:
        return warning("few API calls are left for today", fact)
    return ok("the API is open to this user", fact)


def _query(exam: Examination) -> Finding:
    soql = "SELECT Id, Name, IsSandbox FROM Organization"
    with open_rest(exam.session) as rest:
        (page, *_) = rest.query(soql, exam.facts["api_version"])
    if not page["records"]:
        return warning("the user may query, and does not see the Organization record", soql)
    record = page["records"][0]
    kind = "sandbox" if record.get("IsSandbox") else "production"
    facts = (f"org: {record.get('Name', '')}", f"kind: {kind}")
    meant = exam.expected.kind or _kind_of_host(exam)
    if meant and meant != kind:
        return failed(exam.diagnose("local", "OTHER_ORG_THAN_MEANT", *facts, f"meant: {meant}"))
    return ok(f"a query works; this is a {kind} org", *facts)


def _kind_of_host(exam: Examination) -> str:
    """What kind the login host is of by its name; a production name is no promise, and a loopback one says nothing."""
    return "sandbox" if not exam.session.login.is_loopback and is_sandbox(exam.session.login.host) else ""


def _session_timeout(exam: Examination) -> Finding:
    token = exam.session.token()
    if token.expires_at is not None:
        minutes = (token.expires_at - token.issued_at) / _MINUTE
        return ok(f"the token says that it is good for {minutes:.0f} minutes")
    try:
        told = exam.session.introspect()
    except ConfigError as error:
        return not_run(str(error))
    except TokenRequestError as error:
        return not_run(f"the app may not introspect its tokens ({error.diagnosis.wire})")
    begins, ends = told.get("iat"), told.get("exp")
    if not isinstance(begins, int) or not isinstance(ends, int):
        return not_run("Salesforce did not say when the session ends")
    return ok(f"an idle session lives for {(ends - begins) / _MINUTE:.0f} minutes")


CHECKS: Final = (
    Check("token", "Token request", _token),
    Check("scopes", "Scopes", _scopes),
    Check("org", "Org", _org),
    Check("acts_as", "Who acts", _acts_as),
    Check("api", "API enabled", _api),
    Check("query", "One query", _query),
    Check("session", "Session timeout", _session_timeout),
)
