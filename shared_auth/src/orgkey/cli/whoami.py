"""``orgkey whoami``: logs in, and says as whom, where and with what."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from orgkey.cli.options import Json, Profile  # noqa: TC001  # typer reads annotations at run time
from orgkey.cli.output import Output

if TYPE_CHECKING:
    from orgkey.session import OrgSession

__all__ = ["whoami"]


def whoami(profile: Profile = None, as_json: Json = False) -> None:
    """Log in and say which org and user answer, by which grant, with which scopes."""
    from orgkey.settings import connect

    output = Output(as_json=as_json)
    session = connect(profile)
    with output.waiting(f"Logging in at {session.login_url}"):
        facts = _facts(session)
    if as_json:
        output.value(facts)
    else:
        output.facts({name.replace("_", " "): _text(value) for name, value in facts.items() if value})


def _facts(session: OrgSession) -> dict[str, Any]:
    person = session.userinfo()
    token = session.token()
    return {
        "username": person.get("preferred_username", ""),
        "name": person.get("name", ""),
        "user_id": token.user_id,
        "org_id": token.org_id,
        "login_url": session.login_url,
        "api_host": token.instance_url,
        "grant": session.grant.name,
        "client_id": session.grant.client_id,
        "scopes": sorted(token.scope),
        "token_format": token.format,
        "token_issued_at": _time(token.issued_at),
        "token_expires_at": _time(token.expires_at),
    }


def _time(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _text(value: object) -> str:
    return " ".join(value) if isinstance(value, list) else str(value)
