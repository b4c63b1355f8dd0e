"""``orgkey explain``: causes and remedies for an error that somebody saw, offline."""

from __future__ import annotations

import sys
from typing import Annotated, Final
from urllib.parse import urlsplit

import typer

from orgkey import diagnosis
from orgkey.cli.options import Json, Profile  # noqa: TC001  # typer reads annotations at run time
from orgkey.cli.output import ExitCode, Output, UsageProblem
from orgkey.diagnosis.evidence import GRANTS

__all__ = ["explain"]

_LONGEST_INPUT: Final = 64 * 1024  # bytes
_GRANT_NAMES: Final = {"jwt": "jwt_bearer", **{name.replace("_", "-"): name for name in GRANTS}}


def explain(
    text: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TEXT]...",
            show_default=False,
            help="An error and its description, a log line, a response body or a cause's id; '-' reads stdin.",
        ),
    ] = None,
    grant: Annotated[
        str,
        typer.Option(
            help="The OAuth grant in use: jwt, client-credentials, refresh-token ...",
            show_default=False,
            autocompletion=lambda: sorted(_GRANT_NAMES),
        ),
    ] = "",
    login_url: Annotated[str, typer.Option(help="Where the token was asked for.", show_default=False)] = "",
    profile: Profile = None,
    as_json: Json = False,
) -> int:
    """Say what an error means, who can end it and how.

    Nothing is sent anywhere. Pipe a log into it, or give it the text:
    orgkey explain --grant jwt invalid_grant "user hasn't approved this consumer"
    """
    output = Output(as_json=as_json)
    found = diagnosis.explain(*_pieces(text or []), **_context(grant, login_url, profile))
    if as_json:
        output.value(found.as_dict())
    else:
        output.diagnosis(found)
    return ExitCode.FAILED if found.cause.id == "UNKNOWN" else ExitCode.OK


def _pieces(text: list[str]) -> list[str]:
    pieces = text
    if text == ["-"] or not (text or sys.stdin.isatty()):
        pieces = [sys.stdin.buffer.read(_LONGEST_INPUT).decode("utf-8", errors="replace")]
    if not any(map(str.strip, pieces)):
        raise UsageProblem("There is nothing to explain. Give the error as text, or pipe a log line in.")
    return pieces


def _context(grant: str, login_url: str, profile: str | None) -> dict[str, str]:
    """What is known besides the text; options come before the profile's settings."""
    given = {"grant": _grant(grant), "login_host": _host(login_url)}
    if profile is None:
        return given
    from orgkey.settings import connect

    session = connect(profile)
    known = {
        "grant": session.grant.name,
        "login_host": session.login.host,
        "audience": getattr(session.grant, "audience", None) or "",
    }
    return known | {name: value for name, value in given.items() if value}


def _grant(name: str) -> str:
    full = _GRANT_NAMES.get(name.lower().replace("_", "-"), "")
    if name and not full:
        raise UsageProblem(f"There is no grant {name!r}. It is one of: {', '.join(sorted(_GRANT_NAMES))}")
    return full


def _host(url: str) -> str:
    return urlsplit(url if "//" in url else f"//{url}").hostname or ""
