"""Observers are told what happens, redacted; what they do about it harms nobody."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest

from orgkey.clock import SYSTEM_CLOCK, Clock

if TYPE_CHECKING:
    from pathlib import Path

    from orgkey_sim import App, Org, User

PROGRAM = """
    import json, sys, threading
    import orgkey

    login_url, client_id, username, key_file = sys.argv[1:]
    grant = orgkey.JWTBearer(client_id, username, "file:" + key_file)
    session = orgkey.OrgSession(grant, login_url, orgkey.SessionOptions(allow_loopback_http=True))
    print(json.dumps({"kind": "begin"}), flush=True)
    first = session.token()
    crowd = [threading.Thread(target=session.renew, args=(first,)) for _ in range(3)]
    for thread in crowd: thread.start()
    for thread in crowd: thread.join()
    session.accepted(session.token())
    try:
        session.renew(session.token())
    except orgkey.TokenRequestError as error:
        print(json.dumps({"kind": "raised", "cause": error.diagnosis.cause.id}))
"""

REFUSED = '{"error":"invalid_grant","error_description":"inactive user"}'

TELLING = """
    import dataclasses, json, os
    from orgkey.plugins import ObserverPlugin, hookimpl

    def tell(event):
        os.write(1, json.dumps(dataclasses.asdict(event)).encode() + b"\\n")  # whole, whatever other threads write

    @hookimpl
    def orgkey_observers():
        return [ObserverPlugin("telling", tell)]
"""

BROKEN = """
    from orgkey.plugins import ObserverPlugin, hookimpl

    def fail(event):
        raise RuntimeError("the metrics are down")

    @hookimpl
    def orgkey_observers():
        return [ObserverPlugin("broken", fail)]
"""

# Asks the very session that tells it, as somebody who wants to show its state would.
ASKING = """
    import sys
    from orgkey.plugins import ObserverPlugin, hookimpl

    def ask(event):
        session = getattr(sys.modules["__main__"], "session", None)
        if session is not None:
            repr(session), session.failure, session.current
            if event.kind in {"renewal_failed", "cooling_down", "token_renewed"}:
                session.as_user("ada@acme.example")

    @hookimpl
    def orgkey_observers():
        return [ObserverPlugin("asking", ask)]
"""


@pytest.fixture
def clock() -> Clock:
    """Real time: another process has no other."""
    return SYSTEM_CLOCK


def watched(tmp_path: Path, plugin: str, org: Org, app: App, agent: User) -> list[dict[str, Any]]:
    """What a program with the plugin printed, line by line."""
    (tmp_path / "watcher.py").write_text(dedent(plugin))
    info = tmp_path / "watcher-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: watcher\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[orgkey]\nwatcher = watcher\n")
    org.faults.add("token", skip=1, delay=1.0)
    org.faults.add("token", status=400, body=REFUSED)
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    command = [
        sys.executable,
        "-c",
        dedent(PROGRAM),
        org.login_url,
        app.client_id,
        agent.username,
        app.private_key_file,
    ]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_each_thing_that_happens_is_told(tmp_path: Path, org: Org, app: App, agent: User) -> None:
    lines = watched(tmp_path, TELLING, org, app, agent)
    kinds = [line["kind"] for line in lines]
    assert kinds[:3] == ["begin", "token_requested", "token_renewed"]
    # Three callers at once: who comes first is not said.
    assert sorted(kinds[3:6]) == ["renewal_joined", "renewal_joined", "token_requested"]
    assert kinds[6:] == ["token_renewed", "token_requested", "renewal_failed", "cooling_down", "raised"]
    told = [line for line in lines if line["kind"] not in {"begin", "raised"}]
    assert {line["login_host"] for line in told} == {"127.0.0.1"}
    assert {(line["client_id"], line["username"], line["grant"]) for line in told} == {
        (app.client_id, agent.username, "jwt_bearer")
    }
    assert [line["generation"] for line in told if line["kind"] == "token_renewed"] == [1, 2]
    renewed = [line for line in told if line["kind"] == "token_renewed"]
    assert renewed[1]["seconds"] >= 1.0
    failed, cooling = told[-2:]
    assert (failed["cause"], failed["generation"], failed["attempt"]) == ("USER_INACTIVE", 3, 1)
    assert (cooling["cause"], cooling["seconds"]) == ("USER_INACTIVE", 5.0)


@pytest.mark.parametrize("plugin", [BROKEN, ASKING], ids=["broken", "asking"])
def test_an_observer_costs_nobody_a_token(tmp_path: Path, org: Org, app: App, agent: User, plugin: str) -> None:
    org.create_user("ada@acme.example")
    lines = watched(tmp_path, plugin, org, app, agent)
    assert lines == [{"kind": "begin"}, {"kind": "raised", "cause": "USER_INACTIVE"}]
