"""How long `orgkey doctor` takes on a healthy org, as a command and without the interpreter's start."""

from __future__ import annotations

import json
import os
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import local_salesforce
from harness import Effort, Goal, Row, alternate, run_python

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
    ] + [Row("its checks alone, in the first run", "orgkey doctor", "s", (checks,))]


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
