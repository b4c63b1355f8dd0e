"""``orgkey setup`` from the empty folder to a first login at the local Salesforce."""

from __future__ import annotations

import base64
import json
import os
import shlex
import stat
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

import orgkey
from orgkey.cli.app import run
from orgkey.setup.project import deployable_zip
from orgkey_sim import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from orgkey_sim import App, Org, User

pytestmark = pytest.mark.usefixtures("no_key_stays")
USERNAME = "agent@acme.example"


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World() as world:
        yield world


@pytest.fixture
def org(world: World, monkeypatch: pytest.MonkeyPatch) -> Org:
    monkeypatch.setenv("ORGKEY_ALLOW_LOOPBACK_HTTP", "1")
    return world.create_org(f"acme{len(list(world))}")


@pytest.fixture
def agent(org: Org) -> User:
    return org.create_user(USERNAME)


@pytest.fixture
def admin(org: Org, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> App:
    """An administrator's own app, and the profile ``boss`` that logs in by it."""
    app = org.create_app("Deployer", flows={"client_credentials"})
    given = tmp_path / "given"
    given.mkdir()
    profiles = given / "profiles.toml"
    profiles.write_text(
        f'[boss]\nlogin_url = "{org.login_url}"\nclient_id = "{app.client_id}"\nclient_secret = "{app.client_secret}"\n'
    )
    profiles.chmod(0o600)
    monkeypatch.setenv("ORGKEY_CONFIG", str(profiles))
    return app


def set_up(org: Org, folder: Path, grant: str, *more: str) -> int:
    flags = ("--grant", grant, "--org", org.login_url, "--app-name", "Acme Agent", "--username", USERNAME)
    return run(["setup", *flags, "--out", str(folder), "--json", *more])


def shown(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def told(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().err)["error"]


KINDS = ("external-client-app", "connected-app")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("grant", ["jwt", "client-credentials"])
def test_setup_then_deploy_then_login(
    org: Org, agent: User, admin: App, tmp_path: Path, *, grant: str, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "my agent"
    assert set_up(org, folder, grant, "--kind", kind) == 0
    made = shown(capsys)
    assert run(["setup", "deploy", str(folder), "--as-admin", "boss", "--json"]) == 0
    deployed = shown(capsys)
    app = org.app("Acme Agent")
    assert app is not None
    assert deployed["consumer_key"] == app.client_id

    key: dict[str, Any] = {"private_key_file": folder / "keys" / "acme-agent.key", "username": USERNAME}
    how = key if grant == "jwt" else {"client_secret": app.client_secret}
    settings: dict[str, Any] = {"login_url": org.login_url, "client_id": app.client_id, **how}
    # Least privilege: the app admits nobody whom no administrator let in.
    with pytest.raises(orgkey.TokenRequestError) as caught:
        orgkey.connect(**settings).token()
    assert caught.value.diagnosis.cause.id == "USER_NOT_ADMIN_APPROVED"

    org.assign(agent, made["permission_set"])
    # The printed way: .env.example filled in, sourced by a shell, and the doctor.
    unfilled = (folder / ".env.example").read_text()
    filled = unfilled.replace("CLIENT_ID=", f"CLIENT_ID={app.client_id}").replace(
        "CLIENT_SECRET=", f"CLIENT_SECRET={app.client_secret}"
    )
    given = tmp_path / "given" / ".env"
    given.write_text(filled)
    shell = f"set -a; . {shlex.quote(str(given))}; set +a; exec {shlex.quote(sys.executable)} -m orgkey doctor --json"
    doctor = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, check=False)
    assert doctor.returncode == 0, doctor.stdout + doctor.stderr
    session = orgkey.connect(**settings)
    assert session.token().scope == {"api"}
    assert session.userinfo()["preferred_username"] == USERNAME


def test_simple_salesforce_deploys_the_project_too(
    org: Org, agent: User, admin: App, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "agent"
    set_up(org, folder, "jwt")
    package = tmp_path / "package.zip"
    package.write_bytes(deployable_zip(folder / "salesforce"))
    drop_in = pytest.importorskip("orgkey_simple_salesforce", reason="the core is tested without adapters too")
    client = drop_in.Salesforce(auth=orgkey.connect("boss"))
    answer = client.deploy(str(package), sandbox=False)
    status = client.checkDeployStatus(str(answer["asyncId"]))
    assert status["state"] == "Succeeded"
    assert org.app("Acme Agent") is not None


def test_the_folder_holds_what_both_need_and_the_key_is_its_owners_alone(
    org: Org, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "new" / "agent"
    assert set_up(org, folder, "jwt", "--days", "90") == 0
    out = capsys.readouterr()
    files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    assert json.loads(out.out)["files"] == files
    assert {".env.example", "STEPS.md", "ci/github-actions.yml", "keys/acme-agent.crt"} < set(files)
    key = folder / "keys" / "acme-agent.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    secret = key.read_text().splitlines()[1]
    for path in folder.rglob("*"):
        assert path == key or path.is_dir() or secret not in path.read_text()
    assert "certificate_expires_at" in out.out
    assert [path.name for path in folder.parent.iterdir()] == ["agent"]


def test_the_key_can_be_encrypted(
    org: Org, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, canary: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KEY_WORDS", canary("key passphrase"))
    assert set_up(org, tmp_path / "agent", "jwt", "--passphrase-env", "KEY_WORDS") == 0
    key = (tmp_path / "agent" / "keys" / "acme-agent.key").read_text()
    assert "BEGIN ENCRYPTED PRIVATE KEY" in key
    assert orgkey.load_signer(key, passphrase=os.environ["KEY_WORDS"]).sign(b"x")
    assert "SALESFORCE_PRIVATE_KEY_PASSPHRASE=\n" in (tmp_path / "agent" / ".env.example").read_text()


def test_nothing_is_ever_overwritten(org: Org, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "agent"
    folder.mkdir()
    assert set_up(org, folder, "client-credentials") == 0  # an empty folder is as good as none
    before = (folder / "setup.json").read_bytes()
    capsys.readouterr()
    assert set_up(org, folder, "jwt") == 2
    assert "Nothing is overwritten" in told(capsys)["message"]
    assert (folder / "setup.json").read_bytes() == before
    assert not (folder / "keys").exists()
    (tmp_path / "file").write_text("")
    assert set_up(org, tmp_path / "file", "jwt") == 2


def test_an_interrupted_run_leaves_nothing_half_written(
    org: Org, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    killed = tmp_path / ".orgkey-unfinished-agent-x1"  # what a run that was killed leaves behind
    (killed / "keys").mkdir(parents=True)
    (killed / "keys" / "acme-agent.key").write_text("half a k")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        assert set_up(org, tmp_path / "agent", "jwt") == 2
    assert "No space left on device" in told(capsys)["message"]
    assert list(tmp_path.iterdir()) == []
    assert set_up(org, tmp_path / "agent", "client-credentials") == 0
    assert [path.name for path in tmp_path.iterdir()] == ["agent"]


@pytest.mark.skipif(getattr(os, "geteuid", int)() == 0, reason="root may write anywhere")
def test_a_place_that_cannot_be_written_is_named(org: Org, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tmp_path.chmod(0o500)
    assert set_up(org, tmp_path / "agent", "jwt") == 2
    assert "Permission denied" in told(capsys)["message"]


def test_a_place_that_cannot_be_a_folder_is_named(
    org: Org, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert set_up(org, tmp_path / "file" / "agent", "jwt") == 2
    assert "cannot be written" in told(capsys)["message"]
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert set_up(org, tmp_path / "here", "jwt") == 2
    assert "Name another one" in told(capsys)["message"]


@pytest.mark.parametrize(
    ("flags", "problem"),
    [
        (("--org", "https://login.salesforce.com"), "belongs to no org"),
        (("--org", "https://acme.lightning.force.com"), "https://acme.my.salesforce.com"),
        (("--org", "acme"), "does not start with https://"),
        (("--grant", "password"), "It takes jwt or client-credentials"),
        (("--app-name", "123"), "a letter A to Z"),
        (("--username", "agent"), "in the form of an email address"),
        (("--scope", "everything"), "not known here"),
        (("--switch", "nonsense=1"), "none of the switches"),
        (("--switch", "run-as=never"), "metadata, page"),
        (("--days", "0"), "1 to 3650"),
        (("--kind", "webhook"), "external-client-app or connected-app"),
        (("--passphrase-env", "NOT_SET_ANYWHERE"), "is not set"),
    ],
)
def test_what_cannot_work_is_said_before_anything_is_made(
    org: Org, tmp_path: Path, flags: tuple[str, ...], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert set_up(org, tmp_path / "agent", "jwt", *flags) == 2
    assert problem in told(capsys)["message"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("page", ["/lightning/page/home", "/?sid=a-session", "#/home", "/", ""])
def test_a_page_of_the_org_stands_for_the_org(
    org: Org, tmp_path: Path, capsys: pytest.CaptureFixture[str], page: str
) -> None:
    folder = tmp_path / "agent"
    assert set_up(org, folder, "client-credentials", "--org", org.login_url + page) == 0
    told_to_people = capsys.readouterr().err
    assert json.loads((folder / "setup.json").read_text())["org_url"] == org.login_url
    if page.strip("/"):
        note = json.loads(told_to_people)["warning"]
        assert note == f"--org names a page. The org is {org.login_url}, which is what is used."
    else:
        assert told_to_people == ""


def test_a_grant_that_there_is_not_comes_before_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["setup", "--grant", "password", "--json"]) == 2
    assert told(capsys)["message"] == (
        "--grant is 'password'. It takes jwt or client-credentials. The password grant is closed: External Client Apps have "
        "none, and orgs block it."
    )


def test_without_a_terminal_all_missing_flags_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["setup"]) == 2
    missing = capsys.readouterr().err
    for flag in ("--grant", "--org", "--app-name", "--username"):
        assert flag in missing


def test_a_deployment_that_the_org_refuses_says_why(
    org: Org, admin: App, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up(org, tmp_path / "agent", "client-credentials")  # its Run As user is in no org
    capsys.readouterr()
    assert run(["setup", "deploy", str(tmp_path / "agent"), "--as-admin", "boss", "--json"]) == 1
    assert "Enter a valid execution user" in told(capsys)["message"]
    assert org.app("Acme Agent") is None


def test_an_app_is_deployed_to_its_own_org_alone(
    world: World, org: Org, admin: App, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = world.create_org(f"other{len(list(world))}")
    set_up(other, tmp_path / "agent", "jwt")
    capsys.readouterr()
    assert run(["setup", "deploy", str(tmp_path / "agent"), "--as-admin", "boss", "--json"]) == 2
    assert other.login_url in told(capsys)["message"]


def test_switches_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["setup", "--switch", "help", "--json"]) == 0
    assert {"consumer-key", "policy-permission-set", "run-as", "certificate-element"} == {
        each["name"] for each in shown(capsys)
    }


def test_the_zip_is_what_the_metadata_api_takes(org: Org, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    set_up(org, tmp_path / "agent", "jwt")
    assert base64.b64encode(deployable_zip(tmp_path / "agent" / "salesforce")).startswith(b"UEsD")
