"""How long `orgkey doctor` takes on a healthy org, and how many of the local Salesforce's refusals it names rightly."""

from __future__ import annotations

import json
import os
import runpy
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import local_salesforce
from harness import Effort, Goal, Row, alternate, run_python

import orgkey
import orgkey_sim
from orgkey.doctor import Examination, examine

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["TITLE", "measure"]

TITLE: Final = "Doctor on a healthy org"

_CASES: Final = {
    "orgkey doctor": ["-m", "orgkey", "doctor", "--json"],
    "orgkey whoami": ["-m", "orgkey", "whoami", "--json"],
    "the interpreter alone": ["-c", "pass"],
}


def measure(effort: Effort) -> list[Row]:
    """Wall time of the whole command; the local Salesforce is on this machine, so the network adds next to nothing."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        world = local_salesforce.world_file(folder, "healthy.toml", 10)
        ready = stack.enter_context(local_salesforce.serving(world))
        settings = _settings(ready["orgs"][0], folder)
        report = json.loads(run_python(*_CASES["orgkey doctor"], environment=settings))
        assert report["healthy"], report["cause"]
        seconds = alternate(
            {name: lambda command=command: _seconds(command, settings) for name, command in _CASES.items()},
            effort.rounds,
        )
        checks = sum(check["seconds"] for check in report["checks"])
    return [
        Row("wall time", name, "s", samples, Goal("<", 2) if name == "orgkey doctor" else None)
        for name, samples in seconds.items()
    ] + [Row("its checks alone, in the first run", "orgkey doctor", "s", (checks,)), *_named()]


def _named() -> list[Row]:
    """How many refusals of the token endpoint, each in its grants, were played, and at how many doctor named the cause.

    The answers are those of the tests, which a new row of the error table cannot be missing from.
    """
    truth = runpy.run_path(str(Path(__file__).parent.parent / "tests" / "support" / "refusals.py"))
    played = [
        (row, grant)
        for row, grant in truth["REFUSED"]
        if row.surface == "token" and grant in {"jwt_bearer", "client_credentials"}
    ]
    right = 0
    for row, grant in played:
        # Here the answer's Date tells that it is the clock, which comes first.
        cause = "CLOCK_SKEW" if row.id == "expired_assertion" else truth["expected_cause"](row, grant)
        right += _cause(row.id, grant) == cause
    goal = Goal("=", len(played))
    return [
        Row("refusals of the token endpoint", "played", "", (len(played),)),
        Row("refusals of the token endpoint", "named with the right cause first", "", (right,), goal),
    ]


def _cause(row: str, grant: str) -> str | None:
    with orgkey_sim.World() as world:
        org = world.create_org("acme")
        user = org.create_user("agent@acme.example")
        app = org.create_app("Agent", run_as=user)
        how: orgkey.Grant = (
            orgkey.JWTBearer(app.client_id, user.username, app.private_key_pem)
            if grant == "jwt_bearer"
            else orgkey.ClientCredentials(app.client_id, app.client_secret)
        )
        options = orgkey.SessionOptions(allow_loopback_http=True, attempts=1)
        session = orgkey.OrgSession(how, org.login_url, options)
        org.provoke(row, app)
        found = (result.finding.diagnosis for result in examine(Examination(source=lambda: session)))
        return next((diagnosis.cause.id for diagnosis in found if diagnosis is not None), None)


def _settings(org: dict[str, Any], folder: Path) -> dict[str, str]:
    app = org["apps"][0]
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(("SALESFORCE_", "ORGKEY_"))},
        "HOME": str(folder),
        "ORGKEY_ALLOW_LOOPBACK_HTTP": "1",
        "SALESFORCE_LOGIN_URL": org["login_url"],
        "SALESFORCE_CLIENT_ID": app["client_id"],
        "SALESFORCE_USERNAME": "agent@acme.example",
        "SALESFORCE_PRIVATE_KEY_FILE": app["private_key_file"],
    }


def _seconds(command: list[str], settings: Mapping[str, str]) -> float:
    started = time.perf_counter()
    run_python(*command, environment=settings)
    return time.perf_counter() - started
