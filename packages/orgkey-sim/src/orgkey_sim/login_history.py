"""What an org records about logins, for its administrators: LoginHistory, OauthToken and the rows of its apps.

Objects and fields: Object Reference for the Salesforce Platform. The words in Status follow the page "Login History"
of Salesforce Help and bug reports; which one goes with which refusal was not checked against a live org.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from orgkey_sim.model import App, Org, User
    from orgkey_sim.visit import Visit

__all__ = ["note_login", "show_app", "show_user_login"]

_SUCCESS: Final = "Success"
_STATUSES: Final = {
    "user_not_approved": "Failed: Not approved for access",
    "user_not_admin_approved": "Failed: Not approved for access",
    "invalid_assertion": "Failed: Signature Invalid",
    "expired_assertion": "Failed: Token Expired",
    "audience_invalid": "Failed: Audience Invalid",
    "audience_invalid_short": "Failed: Audience Invalid",
    "audience_validation_failed": "Failed: Audience Invalid",
    "inactive_organization": "Organization locked",
    "invalid_client": "Failed: Invalid Client Credentials",
    "rate_limit_exceeded": "Login Rate Exceeded",
    "app_blocked": "Failed: App Blocked",
}
_APP_OBJECTS: Final = {"eca": "ExternalClientApplication", "connected_app": "ConnectedApplication"}


def note_login(visit: Visit, app: App | None, refusal: str = "") -> None:
    """Record a login that was let through, or refused with that row of the error table.

    Only logins of users the org has are recorded, as in Salesforce.
    """
    org = visit.org or visit.door.org
    user = org.user(visit.claimed) if org is not None and visit.claimed else None
    if org is None or user is None:
        return
    records = org.records
    records.put(
        "LoginHistory",
        records.new_id("0Ya"),
        UserId=user.id,
        LoginTime=records.now(),
        LoginType="Remote Access 2.0",
        SourceIp=visit.address,
        Status=_status(org, user, refusal),
        Application=app.name if app else "",
        LoginUrl=visit.entry.host,
    )
    if app is not None and not refusal:
        _count_token(org, app, user)


def show_app(app: App) -> None:
    """Bring the row of an app up to date."""
    policy: dict[str, Any] = {}
    if app.kind == "connected_app":
        policy["OptionsAllowAdminApprovedUsersOnly"] = app.permitted_users == "admin_approved"
    else:
        policy["DeveloperName"] = app.name.replace(" ", "_")
    app.org.records.put(_APP_OBJECTS[app.kind], app.record_id, Name=app.name, **policy)


def show_user_login(user: User) -> None:
    """Bring the UserLogin record of a user up to date."""
    records = user.org.records
    rows = records.query(f"SELECT Id FROM UserLogin WHERE UserId = '{user.id}'").records  # noqa: S608 - an id
    found = str(rows[0]["Id"]) if rows else records.new_id("0Yw")
    records.put("UserLogin", found, UserId=user.id, IsFrozen=user.frozen, IsPasswordLocked=False)


def _status(org: Org, user: User, refusal: str) -> str:
    if not refusal:
        return _SUCCESS
    if refusal == "inactive_user":
        return "User is Frozen" if user.active else "User is Inactive"
    if refusal == "ip_restricted":
        hour = datetime.fromtimestamp(org.clock.now(), UTC).hour
        first, last = org.policies.login_hours or (0, 24)
        return "Restricted IP" if first <= hour < last else "Restricted Time"
    return _STATUSES.get(refusal, "Failed")


def _count_token(org: Org, app: App, user: User) -> None:
    records = org.records
    soql = f"SELECT Id, AppName, UseCount FROM OauthToken WHERE UserId = '{user.id}'"  # noqa: S608 - an id
    row = next((each for each in records.query(soql).records if each["AppName"] == app.name), None)
    found = str(row["Id"]) if row else records.new_id("0CQ")
    count = int(row["UseCount"] or 0) + 1 if row else 1
    records.put("OauthToken", found, AppName=app.name, UserId=user.id, UseCount=count, LastUsedDate=records.now())
