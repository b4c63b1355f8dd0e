"""The org's side of a failed login: Login History, the user and their profile, permission sets, apps and tokens.

Read with an administrator's session. Objects: Object Reference for the Salesforce Platform (LoginHistory, UserLogin,
OauthToken, ConnectedApplication ...); Tooling API Reference (Profile.Metadata). The words in LoginHistory.Status were
not checked against a live org: what is not recognised is shown and decides nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from orgkey.diagnosis import cause
from orgkey.doctor.finding import Finding, Status, ok, warning
from orgkey.errors import OrgkeyError
from orgkey.rest import CallFailed, Rest, open_rest
from orgkey.settings import connect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey.doctor.examination import Examination

__all__ = ["NAME", "ask"]

NAME: Final = "org_side"

_LOOK_BACK: Final = timedelta(minutes=10)
# What a Status of LoginHistory means, the first that fits.
_STATUSES: Final = (
    (re.compile(r"inactive", re.IGNORECASE), "USER_INACTIVE"),
    (re.compile(r"frozen|locked ?out", re.IGNORECASE), "USER_FROZEN"),
    (re.compile(r"restricted time|hours", re.IGNORECASE), "LOGIN_HOURS_RESTRICTED"),
    (re.compile(r"restricted ip|ip address", re.IGNORECASE), "LOGIN_IP_RESTRICTED"),
    (re.compile(r"signature", re.IGNORECASE), "ASSERTION_INVALID"),
    (re.compile(r"audience", re.IGNORECASE), "AUDIENCE_INVALID"),
    (re.compile(r"token expired", re.IGNORECASE), "JWT_EXPIRED"),
    (re.compile(r"rate exceeded", re.IGNORECASE), "LOGIN_RATE_EXCEEDED"),
    (re.compile(r"org.*locked", re.IGNORECASE), "ORG_INACTIVE"),
)
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# Where a user is refused, who they are in this org comes before whatever else is known.
_ABOUT_THE_USER: Final = frozenset(
    {"USER_NOT_APPROVED", "USER_NOT_ADMIN_APPROVED", "USER_INACTIVE", "USER_FROZEN", "IP_OR_HOURS_RESTRICTED"}
)


@dataclass(slots=True)
class _OrgSide:
    """The answers so far: facts, and the cause they point to."""

    rest: Rest
    version: str
    facts: list[str]
    cause_id: str = ""

    def rows(self, soql: str, *, tooling: bool = False) -> list[dict[str, Any]]:
        """The first rows of a query; none where this administrator may not read them, which becomes a fact."""
        try:
            return list(next(self.rest.query(soql, self.version, tooling=tooling))["records"])
        except CallFailed as error:
            said = str(error).splitlines()[-1]
            self.facts.append(f"not readable: {soql.partition(' FROM ')[2].split()[0]} ({said})")
            return []

    def point_to(self, cause_id: str) -> None:
        """Name a cause; the first one named stays."""
        self.cause_id = self.cause_id or cause_id


def ask(exam: Examination, broken: Finding) -> Finding:
    """What the org's records say about ``broken``; a diagnosis of its own where they say it more exactly."""
    try:
        admin = connect(exam.admin, attempts=1, clock=exam.clock)
        with open_rest(admin) as rest:
            side = _OrgSide(rest, rest.latest_version(), [])
            _read(side, exam, broken)
    except OrgkeyError as error:
        return warning(f"the profile {exam.admin!r} cannot read the org's evidence", str(error).splitlines()[0])
    if broken.diagnosis is None or not side.cause_id:
        return ok("the org's records do not contradict what the login host said", *side.facts)
    exact = replace(
        broken.diagnosis,
        cause=cause(side.cause_id),
        evidence=(*broken.diagnosis.evidence, *side.facts),
        alternatives=(),
    )
    return Finding(Status.FAILED, exact.cause.title, tuple(side.facts), exact)


def _read(side: _OrgSide, exam: Examination, broken: Finding) -> None:
    username = exam.expected.username or exam.session.grant.username or ""
    named = broken.diagnosis.cause.id if broken.diagnosis else ""
    user_id = _read_user(side, username, about_user=named in _ABOUT_THE_USER) if username else ""
    _read_history(side, exam, user_id)
    if user_id:
        _read_rights(side, user_id)
        _read_limits(side, user_id, named)
    side.facts += _apps(side)


def _read_user(side: _OrgSide, username: str, *, about_user: bool) -> str:
    found = side.rows(f"SELECT Id, IsActive, Name FROM User WHERE Username = '{_quoted(username)}'")  # noqa: S608  # quoted
    if not found:
        side.facts.append(f"user {username}: not in this org")
        if about_user:
            side.point_to("USER_NOT_IN_ORG")
        return ""
    user = found[0]
    side.facts.append(f"user {username}: {'active' if user['IsActive'] else 'deactivated'}")
    if not user["IsActive"]:
        side.point_to("USER_INACTIVE")
    logins = f"SELECT IsFrozen, IsPasswordLocked FROM UserLogin WHERE UserId = '{user['Id']}'"  # noqa: S608  # an id
    for login in side.rows(logins):
        if login["IsFrozen"] or login["IsPasswordLocked"]:
            side.facts.append(f"user {username}: {'frozen' if login['IsFrozen'] else 'locked out'}")
            side.point_to("USER_FROZEN")
    return str(user["Id"])


def _read_history(side: _OrgSide, exam: Examination, user_id: str) -> None:
    since = datetime.fromtimestamp(exam.clock.now(), UTC) - _LOOK_BACK
    whose = f" AND UserId = '{user_id}'" if user_id else ""
    rows = side.rows(
        "SELECT LoginTime, Status, SourceIp, Application, UserId FROM LoginHistory "  # noqa: S608  # an id and a time
        f"WHERE LoginTime >= {since:%Y-%m-%dT%H:%M:%SZ}{whose} ORDER BY LoginTime DESC LIMIT 50"
    )
    refused = next((row for row in rows if row["Status"] != "Success"), None)
    if refused is None:
        side.facts.append("Login History: no refused login in the last 10 minutes")
        return
    side.facts.append(
        f"Login History: {refused['Status']!r} from {refused['SourceIp']} for the app {refused['Application'] or '?'!r}"
    )
    meant = next((cause_id for pattern, cause_id in _STATUSES if pattern.search(str(refused["Status"]))), "")
    side.point_to(meant)


def _read_rights(side: _OrgSide, user_id: str) -> None:
    sets = side.rows(
        f"SELECT PermissionSet.Name FROM PermissionSetAssignment WHERE AssigneeId = '{user_id}' LIMIT 50"  # noqa: S608
    )
    names = sorted(str((row.get("PermissionSet") or {}).get("Name", "?")) for row in sets)
    side.facts.append(f"permission sets of the user: {', '.join(names) or 'none'}")
    for token in side.rows(f"SELECT AppName, UseCount FROM OauthToken WHERE UserId = '{user_id}' LIMIT 50"):  # noqa: S608
        side.facts.append(f"OauthToken: {token['AppName']}, used {token['UseCount']} times")


def _read_limits(side: _OrgSide, user_id: str, named: str) -> None:
    """When and from where the user's profile lets its users log in."""
    users = side.rows(f"SELECT ProfileId, Profile.Name FROM User WHERE Id = '{user_id}'")  # noqa: S608  # an id
    if not users or not users[0]["ProfileId"]:
        return
    profile = f"profile {(users[0].get('Profile') or {}).get('Name', '?')!r}"
    query = f"SELECT Metadata FROM Profile WHERE Id = '{users[0]['ProfileId']}'"  # noqa: S608  # an id
    for row in side.rows(query, tooling=True):
        limits = row.get("Metadata") or {}
        ranges, hours = limits.get("loginIpRanges") or [], limits.get("loginHours") or {}
        if ranges:
            spans = ", ".join(f"{each['startAddress']}-{each['endAddress']}" for each in ranges)
            side.facts.append(f"{profile}: logins only from {spans}")
        if hours:
            side.facts.append(f"{profile}: logins only {_week(hours)} (the org's time zone)")
        if named == "IP_OR_HOURS_RESTRICTED" and bool(ranges) != bool(hours):
            side.point_to("LOGIN_IP_RESTRICTED" if ranges else "LOGIN_HOURS_RESTRICTED")


def _week(hours: dict[str, Any]) -> str:
    """The login hours of a profile, which are minutes after midnight, days of the same hours together."""
    days: dict[str, list[str]] = {}
    for day in _DAYS:
        start, end = (int(hours.get(f"{day.lower()}{edge}") or 0) for edge in ("Start", "End"))
        span = f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}" if end else "not at all"
        days.setdefault(span, []).append(day[:3])
    return "; ".join(f"{', '.join(names)} {span}" for span, names in days.items())


def _apps(side: _OrgSide) -> Iterator[str]:
    for name, title in (
        ("ExternalClientApplication", "External Client Apps"),
        ("ConnectedApplication", "Connected Apps"),
    ):
        rows = side.rows(f"SELECT Name FROM {name} ORDER BY Name LIMIT 50")  # noqa: S608  # a name of this function
        if rows:
            yield f"{title} of the org: {', '.join(str(row['Name']) for row in rows)}"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")
