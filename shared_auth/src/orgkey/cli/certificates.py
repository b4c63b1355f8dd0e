"""``orgkey certificates``: key, certificate, org and days left of every profile; for people and for cron."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orgkey.cli.options import Json  # noqa: TC001  # typer reads annotations at run time
from orgkey.cli.output import ExitCode, Output

if TYPE_CHECKING:
    from orgkey.setup.inventory import Held

__all__ = ["certificates"]


def certificates(
    *,
    within: Annotated[int, typer.Option(metavar="DAYS", min=0, help="Exit with 1 where one ends so soon.")] = 60,
    as_json: Json = False,
) -> int:
    """List the certificates of all profiles and the days that are left.

    Warns 60, 30, 14, 7 and 1 days before the end; observers are told too. Exit code 1 where one has ended, ends within
    --within days, or cannot be read.
    """
    from orgkey import observers
    from orgkey.clock import SYSTEM_CLOCK
    from orgkey.setup.inventory import inventory

    output, now = Output(as_json=as_json), SYSTEM_CLOCK.now()
    found = list(inventory())
    alarm = False
    for held in found:
        milestone = held.milestone(now)
        alarm = alarm or bool(held.problem) or (held.certificate is not None and _left(held, now) <= within)
        if milestone is not None:
            observers.notify(held.event(now))
            output.note(_warning(held, now))
    if as_json:
        for held in found:
            output.value(_facts(held, now))
    elif found:
        rows = [tuple("" if value is None else str(value) for value in _facts(held, now).values()) for held in found]
        output.table(tuple(name.replace("_", " ") for name in _facts(found[0], now)), rows)
    else:
        output.note("No profile and no SALESFORCE_PRIVATE_KEY names a key.")
    return ExitCode.FAILED if alarm else ExitCode.OK


def _left(held: Held, now: float) -> int:
    return held.certificate.days_left(now) if held.certificate else 0


def _warning(held: Held, now: float) -> str:
    days = _left(held, now)
    ends = f"has ended {-days} days ago" if days < 0 else f"ends in {days} days"
    return f"The certificate of {held.profile} ({held.org}) {ends}: {held.mend}"


def _facts(held: Held, now: float) -> dict[str, Any]:
    certificate = held.certificate
    ends = datetime.fromtimestamp(certificate.not_after, UTC).date().isoformat() if certificate else None
    return {
        "profile": held.profile,
        "org": held.org,
        "key": held.key,
        "certificate": certificate.where if certificate else None,
        "ends": ends,
        "days_left": certificate.days_left(now) if certificate else None,
        "warning": held.milestone(now),
        "problem": held.problem,
    }
