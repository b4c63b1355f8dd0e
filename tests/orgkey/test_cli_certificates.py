"""``orgkey certificates`` and ``orgkey setup rotate-certificate``: no certificate ends unseen, none changes with a gap."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

import orgkey
from orgkey import observers
from orgkey.cli.app import run
from orgkey.clock import SYSTEM_CLOCK
from orgkey.setup import SetupPlan, make_setup
from orgkey_sim import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from orgkey_sim import Org

USERNAME = "agent@acme.example"


@pytest.fixture(autouse=True)
def no_key_stays(tmp_path: Path) -> Iterator[None]:
    """Key files hold a secret by design; all else is searched for secrets at the end of the suite."""
    yield
    for key in tmp_path.rglob("*.key"):
        key.unlink()


def plan(org_url: str = "https://acme.my.salesforce.com", **changes: Any) -> SetupPlan:
    told = {"grant": "jwt_bearer", "org_url": org_url, "app_name": "Acme Agent", "username": USERNAME}
    return SetupPlan(**told | changes)


@pytest.fixture
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes a profile for each name, whose certificate is good for so many days."""

    def make(**days: int) -> None:
        text = ""
        for name, left in days.items():
            make_setup(plan(certificate_days=left), tmp_path / name)
            text += (
                f'[{name}]\nlogin_url = "https://acme.my.salesforce.com"\nclient_id = "3MVG9{name}"\n'
                f'username = "{USERNAME}"\nprivate_key_file = "{tmp_path}/{name}/keys/acme-agent.key"\n'
            )
        (tmp_path / "profiles.toml").write_text(text)
        monkeypatch.setenv("ORGKEY_CONFIG", str(tmp_path / "profiles.toml"))

    return make


def listed(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any], list[str]]:
    code = run(["certificates", "--json", *arguments])
    shown = capsys.readouterr()
    rows = {row["profile"]: row for row in map(json.loads, shown.out.splitlines())}
    return code, rows, [json.loads(line)["warning"] for line in shown.err.splitlines()]


def test_every_milestone_is_warned_of_and_observers_are_told(
    profiles: Callable[..., None], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    profiles(far=300, sixty=61, month=30, week=3, day=1)
    told: list[orgkey.Event] = []
    monkeypatch.setattr(observers, "notify", told.append)
    code, rows, notes = listed(capsys)
    assert code == 1
    assert {name: row["warning"] for name, row in rows.items()} == {
        "far": None,
        "sixty": 60,  # 60 whole days are left, and some hours
        "month": 30,
        "week": 7,
        "day": 1,
    }
    assert rows["far"]["days_left"] == 299
    assert {row["org"] for row in rows.values()} == {"https://acme.my.salesforce.com"}
    assert len(notes) == len(told) == 4
    assert {event.kind for event in told} == {orgkey.EventKind.CERTIFICATE}
    assert min(event.seconds for event in told) <= 86400


def test_cron_hears_only_of_what_is_near(profiles: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> None:
    profiles(a=300, b=45)
    assert listed(capsys)[0] == 1
    assert listed(capsys, "--within", "30")[0] == 0


def test_what_cannot_be_read_is_an_alarm_and_hides_nothing_else(
    profiles: Callable[..., None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    profiles(good=300, lost=300, mixed=300)
    (tmp_path / "lost" / "keys" / "acme-agent.key").unlink()
    other = (tmp_path / "good" / "keys" / "acme-agent.crt").read_text()
    (tmp_path / "mixed" / "keys" / "acme-agent.crt").write_text(other)
    code, rows, _ = listed(capsys)
    assert code == 1
    assert rows["good"]["problem"] == ""
    assert "cannot be read" in rows["lost"]["problem"]
    assert "does not belong" in rows["mixed"]["problem"]


def test_an_ended_certificate_and_the_environments_own(
    tmp_path: Path, environment: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    class Past:
        def now(self) -> float:
            return SYSTEM_CLOCK.now() - 100 * 86400

    make_setup(plan(certificate_days=90), tmp_path / "old", clock=Past())  # type: ignore[arg-type]
    environment(login_url="https://acme.my.salesforce.com", client_id="3MVG9", username=USERNAME)
    environment(private_key_file=str(tmp_path / "old" / "keys" / "acme-agent.key"))
    code, rows, notes = listed(capsys)
    assert (code, rows["(environment)"]["warning"]) == (1, 0)
    assert "has ended" in notes[0]


def test_without_any_key_there_is_nothing_to_tell(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["certificates"]) == 0
    assert "names a key" in capsys.readouterr().err


# --- rotation


def rotated(capsys: pytest.CaptureFixture[str], folder: Path, *arguments: str) -> Any:
    code = run(["setup", "rotate-certificate", str(folder), "--json", *arguments])
    shown = capsys.readouterr()
    return code, json.loads(shown.out or shown.err)


def deploy(org: Org, folder: Path) -> str:
    from orgkey.setup.project import deployable_zip

    done = org.records.metadata.deploy(deployable_zip(folder / "salesforce"), user_id="005", user_name="Admin")
    assert done.status == "Succeeded"
    plan = json.loads((folder / "setup.json").read_text())
    app = org.app(plan["app_name"] if plan["generation"] == 1 else f"{plan['app_name']} {plan['generation']}")
    assert app is not None
    org.assign(org.users[USERNAME], f"{app.name.replace(' ', '_')}_Access")
    return app.client_id


def log_in(org: Org, folder: Path, client_id: str) -> None:
    (key,) = (folder / "keys").glob("*.key")
    login: dict[str, Any] = {
        "login_url": org.login_url,
        "client_id": client_id,
        "username": USERNAME,
        "private_key_file": key,
    }
    assert orgkey.connect(**login, allow_loopback_http=True).token().org_id


def test_a_rotation_has_no_gap_and_can_be_run_again_at_any_point(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "agent"
    with World() as world:
        org = world.create_org("acme")
        org.create_user(USERNAME)
        make_setup(plan(org.login_url, allow_loopback_http=True), folder)
        old = deploy(org, folder)

        code, first = rotated(capsys, folder)
        assert code == 0
        assert [step["title"].partition(":")[0] for step in first["steps"]] == [
            "Both are accepted",
            "Switch",
            "Remove the old one",
        ]
        code, again = rotated(capsys, folder)  # makes no third pair
        assert (code, again) == (0, first)
        following = folder / "rotation-2"
        assert sorted(path.name for path in folder.glob("rotation-*")) == ["rotation-2"]

        new = deploy(org, following)
        log_in(org, folder, old)  # both are accepted
        log_in(org, following, new)

        code, removed = rotated(capsys, folder, "--remove-old")
        assert (code, removed) == (0, {"removed": [str(folder / "keys" / "acme-agent.key")]})
        org.delete_app(org.apps[old])
        log_in(org, following, new)
        assert rotated(capsys, folder, "--remove-old")[0] == 2
        assert rotated(capsys, folder)[1]["next"] == str(folder / "rotation-3")


def test_a_secret_is_rotated_elsewhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_setup(plan(grant="client_credentials"), tmp_path / "agent")
    code, told = rotated(capsys, tmp_path / "agent")
    assert code == 2
    assert "Stage, then Apply" in told["error"]["message"]


@pytest.mark.parametrize("content", [None, "{", '{"grant": 1}', "[]"])
def test_a_folder_that_setup_did_not_make(
    tmp_path: Path, content: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        (tmp_path / "setup.json").write_text(content)
    code, told = rotated(capsys, tmp_path)
    assert code == 2
    assert "setup.json" in told["error"]["message"]


# --- on a terminal


def test_a_terminal_is_asked_for_what_only_a_person_knows(tmp_path: Path) -> None:
    pty = pytest.importorskip("pty", reason="there are no terminals of this kind here")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "orgkey", "setup", "--out", str(tmp_path / "agent")]
    environment = {name: value for name, value in os.environ.items() if name != "ORGKEY_DISABLE_PLUGINS"}
    process = subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
    os.close(theirs)
    os.write(ours, f"client-credentials\nhttps://acme.my.salesforce.com\nAcme Agent\n{USERNAME}\n".encode())
    out, errors = process.communicate(timeout=50)
    os.close(ours)
    assert process.returncode == 0, errors.decode()
    assert "OAuth grant, jwt or client-credentials" in errors.decode()
    assert "Deploy the app" in out.decode()
    assert json.loads((tmp_path / "agent" / "setup.json").read_text())["app_name"] == "Acme Agent"
