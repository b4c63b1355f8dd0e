"""``orgkey tenants``: what each command does to the store and says, for people and for scripts."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from canaries import canary
from consents import CALLBACK, allow, connect_by_consent
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from customers import new_customer, stored_token

from orgkey import ConfigError
from orgkey.cli.app import run
from orgkey_tenants import Audit, AuthorizationRefused, RefreshInProgress, State, StoreUnavailable, Tenants
from orgkey_tenants.errors import local
from orgkey_tenants.loopback import LoopbackReceiver
from orgkey_tenants.record import Intent

if TYPE_CHECKING:
    from customers import Customer

    from orgkey_sim import World
    from orgkey_tenants import TenantRecord


@pytest.fixture
def customer(world: World) -> Customer:
    return new_customer(world, callback_urls=[CALLBACK])


@pytest.fixture
def connected(store: Tenants, customer: Customer) -> Customer:
    connect_by_consent(store, customer)
    return customer


def told(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert run(["tenants", *arguments, "--json"]) == code
    shown = capsys.readouterr()
    return [json.loads(line) for line in (shown.out if code in {0, 1} and shown.out else shown.err).splitlines()]


def test_a_tenant_is_added_listed_and_shown(
    store: Tenants, customer: Customer, capsys: pytest.CaptureFixture[str]
) -> None:
    (added,) = told(capsys, "add", customer.tenant, "--login-url", customer.org.login_url, "--by", "ada")
    assert (added["state"], added["by"]) == ("PENDING", "ada")
    (listed,) = told(capsys, "list")
    assert listed == added
    assert told(capsys, "list", "--state", "ACTIVE") == []
    (shown,) = told(capsys, "show", customer.tenant)
    assert [line["event"] for line in shown["audit"]] == ["added"]
    assert run(["tenants", "show", customer.tenant]) == 0
    assert "PENDING" in capsys.readouterr().out
    assert store.get(customer.tenant).state is State.PENDING


def test_an_unknown_tenant_says_what_to_do(store: Tenants, capsys: pytest.CaptureFixture[str]) -> None:
    del store
    (problem,) = told(capsys, "show", "nobody", code=1)
    assert "orgkey tenants list" in problem["error"]["message"]


def test_a_tenant_without_a_name_is_not_added(
    store: Tenants, customer: Customer, capsys: pytest.CaptureFixture[str]
) -> None:
    (problem,) = told(capsys, "add", "", "--login-url", customer.org.login_url, code=2)
    assert "is empty" in problem["error"]["message"]
    assert store.list() == []


@pytest.mark.parametrize(
    ("variable", "form", "says"),
    [
        ("ORGKEY_TENANTS_KEYS", "{key}", "file:PATH or env:VARIABLE"),
        ("ORGKEY_TENANTS_KEYS", "file:{key}", "holds a master key itself"),
        ("ORGKEY_TENANTS_KEYS", "file:{key}\n{key}", "holds a master key itself"),
        ("ORGKEY_TENANTS_KEYS", "env:{key}", "holds a master key itself"),
        ("ORGKEY_TENANTS_KEYS", "env:{secret}", "no name of a variable"),
        ("ORGKEY_TENANTS_KEYS", "{secret}:", "file:PATH or env:VARIABLE"),
        ("ORGKEY_TENANTS_KEYS", "file", "file:PATH or env:VARIABLE"),
        ("ORGKEY_TENANTS_URL", "{key}", "sqlite:///tenants.db or postgresql://"),
        ("ORGKEY_TENANTS_URL", "{secret}@db.example/tenants", "sqlite:///tenants.db or postgresql://"),
        ("ORGKEY_TENANTS_LOCK", "{secret}@redis.example:6379", "redis://host:6379/0"),
        ("ORGKEY_TENANTS_JOURNAL", "redis://u:{secret}@redis.example", "the path of a folder"),
    ],
)
def test_what_may_be_a_secret_in_the_wrong_place_is_not_repeated(
    store: Tenants,
    master_key: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    *,
    variable: str,
    form: str,
    says: str,
) -> None:
    del store
    key = Path(master_key.removeprefix("file:")).read_text(encoding="ascii").strip()
    secret = canary("misplaced password")
    monkeypatch.setenv(variable, form.format(key=key, secret=secret))
    for command in (["tenants", "list"], ["tenants", "list", "--json"], ["doctor", "--tenant", "acme", "--json"]):
        assert run(command) == 2
        shown = "".join(capsys.readouterr())
        assert key not in shown
        assert secret not in shown
        assert variable in shown
    assert says in shown


@pytest.mark.parametrize("damage", ["gone", "cut", "empty"])
def test_who_has_tenants_is_told_to_find_the_master_key_and_never_to_make_one(
    store: Tenants, connected: Customer, master_key: str, capsys: pytest.CaptureFixture[str], *, damage: str
) -> None:
    path = Path(master_key.removeprefix("file:"))
    real = path.read_text(encoding="ascii")
    if damage == "gone":
        path.unlink()
    else:
        path.write_text(real[:20] if damage == "cut" else "", encoding="ascii")
    (problem,) = told(capsys, "list", code=2)
    (told_by_another,) = (run(["certificates", "--json"]), capsys.readouterr().out)[1].splitlines()
    for message in (problem["error"]["message"], told_by_another):
        assert f"The master key file {path} (ORGKEY_TENANTS_KEYS)" in message
        assert "Find it or restore it" in message
        assert "openssl" not in message
    path.touch(0o600)
    path.write_text(real, encoding="ascii")
    assert told(capsys, "list")[0]["tenant"] == connected.tenant
    assert store.refresh(connected.tenant).generation == 2


def test_a_new_store_is_told_how_to_make_a_master_key_which_overwrites_nothing(
    store: Tenants, master_key: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, new = Path(master_key.removeprefix("file:")), tmp_path / "given" / "new folder's.key"
    url = f"sqlite:///{tmp_path / 'new.db'}"
    monkeypatch.setenv("ORGKEY_TENANTS_KEYS", f"file:{new}")
    for where in (url, f"sqlite:///{tmp_path / 'tenants.db'}"):  # none at all, and one without tenants
        monkeypatch.setenv("ORGKEY_TENANTS_URL", where)
        (problem,) = told(capsys, "add", "acme", "--login-url", "https://acme.my.salesforce.com", code=2)
    assert not (tmp_path / "new.db").exists()
    command = problem["error"]["message"].partition("Make it: ")[2]
    assert command
    subprocess.run(["sh", "-c", command], check=True)
    assert new.stat().st_mode & 0o777 == 0o600
    made = new.read_bytes()
    again = subprocess.run(["sh", "-c", command], check=False, capture_output=True, text=True)
    assert (again.returncode != 0, new.read_bytes()) == (True, made)
    assert told(capsys, "list") == []
    path.write_text("c2hvcnQ=", encoding="ascii")
    monkeypatch.setenv("ORGKEY_TENANTS_KEYS", master_key)
    (problem,) = told(capsys, "list", code=2)
    assert ">" not in problem["error"]["message"]
    assert "it takes 32" in problem["error"]["message"]
    store.add("acme", login_url="https://acme.my.salesforce.com")
    assert "openssl" not in told(capsys, "list", code=2)[0]["error"]["message"]


def test_a_consent_by_pasting(
    store: Tenants, customer: Customer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Person(io.StringIO):
        def readline(self, *_: Any) -> str:
            return allow(json.loads(capsys.readouterr().out)["open"]) + "\n"

    monkeypatch.setattr("sys.stdin", Person())
    (connected,) = told(capsys, "authorize", customer.tenant, "--login-url", customer.org.login_url, "--paste")
    assert (connected["state"], connected["org_id"]) == ("ACTIVE", customer.org.org_id)
    assert store.get(customer.tenant).state is State.ACTIVE


def test_a_reconnect_by_pasting(
    store: Tenants, connected: Customer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = store.get(connected.tenant)
    connected.org.revoke(connected.app)
    assert told(capsys, "refresh", connected.tenant, code=3)
    assert store.get(connected.tenant).state is State.NEEDS_REAUTH

    class Person(io.StringIO):
        def readline(self, *_: Any) -> str:
            return allow(json.loads(capsys.readouterr().out)["open"]) + "\n"

    monkeypatch.setattr("sys.stdin", Person())
    (again,) = told(capsys, "reconnect", connected.tenant, "--paste", "--by", "support")
    assert (again["state"], again["by"], again["org_id"]) == ("ACTIVE", "support", before.org_id)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    (problem,) = told(capsys, "reconnect", connected.tenant, "--paste", code=2)
    assert "stdin" in problem["error"]["message"]


def completed(*words: str) -> list[str]:
    asked = {"_ORGKEY_COMPLETE": "complete_bash", "COMP_WORDS": " ".join(["orgkey", *words])}
    environment = {**os.environ, **asked, "COMP_CWORD": str(len(words))}
    done = subprocess.run(
        [Path(sys.executable).with_name("orgkey")], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    return done.stdout.split()


def test_the_shell_completes_what_the_store_knows(
    store: Tenants, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for tenant in ("acme", "acme-emea", "globex"):
        store.add(tenant, login_url=customer.org.login_url)
    assert completed("tenants", "show", "acme") == ["acme", "acme-emea"]
    assert completed("tenants", "add", "x", "--grant", "j") == ["jwt_bearer"]
    monkeypatch.setenv("ORGKEY_TENANTS_URL", "vault:none")
    assert completed("tenants", "show", "acme") == []


def test_the_shell_makes_and_migrates_no_store(
    store: Tenants, customer: Customer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.add("acme", login_url=customer.org.login_url)
    others = {"missing.db": None, "empty.db": b"", "text.db": b"of somebody else " * 100}
    for name, content in others.items():
        if content is not None:
            (tmp_path / name).write_bytes(content)
        monkeypatch.setenv("ORGKEY_TENANTS_URL", f"sqlite:///{tmp_path / name}")
        assert completed("tenants", "show", "a") == []
    assert not (tmp_path / "missing.db").exists()
    assert [(tmp_path / name).read_bytes() for name in ("empty.db", "text.db")] == [b"", others["text.db"]]
    with closing(sqlite3.connect(tmp_path / "tenants.db")) as database, database:
        database.execute("UPDATE orgkey_revision SET version_num = '0000'")
    monkeypatch.setenv("ORGKEY_TENANTS_URL", f"sqlite:///{tmp_path / 'tenants.db'}")
    assert completed("tenants", "show", "a") == []
    with closing(sqlite3.connect(tmp_path / "tenants.db")) as database:
        assert database.execute("SELECT version_num FROM orgkey_revision").fetchall() == [("0000",)]


def test_long_work_shows_how_far_it_is_and_leaves_stdout_alone(store: Tenants, connected: Customer) -> None:
    pty = pytest.importorskip("pty", reason="no pseudo-terminals on this system")
    due = replace(store.get(connected.tenant), keepalive_at=1.0)
    assert store.store.swap(due, Audit.of(due, "made_due", by="test", at=0.0), version=due.version)
    for command, last in (("keepalive", "1/1"), ("rotate-keys", "1/1"), ("suspend --all --yes", "1/1")):
        ours, theirs = pty.openpty()
        work = [Path(sys.executable).with_name("orgkey"), "tenants", *command.split(), "--json"]
        with subprocess.Popen(work, stdout=subprocess.PIPE, stderr=theirs, env={**os.environ, "TERM": "xterm"}) as done:
            os.close(theirs)
            assert done.stdout is not None
            told_to_scripts = done.stdout.read()
        shown = b""
        with suppress(OSError), os.fdopen(ours, "rb", buffering=0) as terminal:  # EIO is a pty's end of file
            while chunk := terminal.read(4096):
                shown += chunk
        assert done.returncode == 0
        assert json.loads(told_to_scripts)
        assert last in shown.decode()


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_a_keepalive_that_is_ended_lands_what_is_under_way(
    store: Tenants, connected: Customer, world: World, *, end: signal.Signals
) -> None:
    customers = [connected]
    for _ in range(3):
        customers.append(new_customer(world, callback_urls=[CALLBACK]))
        connect_by_consent(store, customers[-1])
    for customer in customers:
        customer.org.faults.add("token", delay=1.0)
        due = replace(store.get(customer.tenant), keepalive_at=1.0)
        assert store.store.swap(due, Audit.of(due, "made_due", by="test", at=0.0), version=due.version)
    work = [Path(sys.executable).with_name("orgkey"), "tenants", "keepalive", "--workers", "1", "--json"]
    with subprocess.Popen(work, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as command:
        deadline = time.monotonic() + 30
        while not any(store.get(customer.tenant).intent for customer in customers):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        command.send_signal(end)
        _, told_to_people = command.communicate(timeout=30)
    assert (command.returncode, told_to_people) == (130, "")
    after = [store.get(customer.tenant) for customer in customers]
    assert [record.intent for record in after] == [None] * 4
    assert sum(record.generation - 1 for record in after) == 1  # the others are for the next run
    assert all(customer.holds(stored_token(store, customer.tenant)) for customer in customers)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_however_often_a_command_is_ended_its_refresh_lands(
    store: Tenants, connected: Customer, *, how: signal.Signals
) -> None:
    connected.org.faults.add("token", delay=2.0)
    work = [Path(sys.executable).with_name("orgkey"), "tenants", "refresh", connected.tenant, "--json"]
    with subprocess.Popen(work, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as command:
        deadline = time.monotonic() + 30
        while store.get(connected.tenant).intent is None:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        for _ in range(4):
            command.send_signal(how)
            time.sleep(0.2)
        _, told_to_people = command.communicate(timeout=30)
    note = "A refresh under way is being stored; the command ends after it."
    assert (command.returncode, told_to_people) == (130, json.dumps({"warning": note}) + "\n")
    after = store.get(connected.tenant)
    assert (after.intent, after.generation) == (None, 2)
    assert connected.holds(stored_token(store, connected.tenant))


@pytest.mark.parametrize(
    "command",
    [
        "list",
        "show {}",
        "suspend {}",
        "suspend --all --yes",
        "confirm {} --yes",
        "forget {} --yes",
        "restored --yes",
        "rotate-keys --data-keys",
        "add another --login-url https://another.my.salesforce.com",
    ],
)
def test_a_script_reads_json_whenever_a_command_is_ended(
    store: Tenants,
    connected: Customer,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    *,
    command: str,
) -> None:
    if command.startswith("confirm"):
        store.restored()
    close = Tenants.close

    def ended(tenants: Tenants) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        close(tenants)

    monkeypatch.setattr(Tenants, "close", ended)
    capsys.readouterr()
    assert run(["tenants", *command.format(connected.tenant).split(), "--json"]) == 130
    told_to_people = capsys.readouterr().err.splitlines()
    assert [json.loads(line)["warning"] for line in told_to_people] == [
        "A refresh under way is being stored; the command ends after it."
    ]


def loopback_callback(customer: Customer, monkeypatch: pytest.MonkeyPatch) -> str:
    """A callback URL on a free port of this machine; return where the browser starts."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        start = f"http://localhost:{free.getsockname()[1]}/"
    customer.app.callback_urls = (start + "callback",)
    monkeypatch.setenv("ORGKEY_CLIENT_REDIRECT_URI", start + "callback")
    return start


def consents_under_way(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "tenants.db", timeout=30)) as database:
        (count,) = database.execute("SELECT count(*) FROM orgkey_authorizations").fetchone()
        return int(count)


def end_in_the_exchange(command: subprocess.Popen[str], how: signal.Signals, folder: Path) -> list[dict[str, Any]]:
    """Send ``how`` as soon as the consent is used up, twice, and return what stdout and stderr say then."""
    deadline = time.monotonic() + 30
    while consents_under_way(folder):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    command.send_signal(how)
    time.sleep(0.1)
    command.send_signal(how)
    told_to_scripts, told_to_people = command.communicate(timeout=30)
    assert command.returncode == 130
    return [json.loads(line) for line in (told_to_scripts + told_to_people).splitlines()]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("command", ["authorize", "reconnect"])
def test_a_consent_that_is_pasted_lands_before_the_command_ends(
    store: Tenants, customer: Customer, tmp_path: Path, *, command: str, how: signal.Signals
) -> None:
    if command == "reconnect":
        connect_by_consent(store, customer)
        former = stored_token(store, customer.tenant)
    else:
        store.add(customer.tenant, login_url=customer.org.login_url)
    customer.org.faults.add("token", delay=1.5)
    work = [Path(sys.executable).with_name("orgkey"), "tenants", command, customer.tenant, "--paste", "--json"]
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(work, text=True, **pipes) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(allow(json.loads(process.stdout.readline())["open"]) + "\n")
        process.stdin.flush()
        connected, note = end_in_the_exchange(process, how, tmp_path)
    assert (connected["state"], note["warning"]) == (
        "ACTIVE",
        "The consent is being stored; the command ends after it.",
    )
    assert customer.holds(stored_token(store, customer.tenant))
    if command == "reconnect":
        assert not customer.holds(former)


def test_a_consent_that_this_machine_receives_lands_before_the_command_ends(
    store: Tenants, customer: Customer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = loopback_callback(customer, monkeypatch)
    store.add(customer.tenant, login_url=customer.org.login_url)
    customer.org.faults.add("token", delay=1.5)
    pages: list[httpx.Response] = []

    def browse() -> None:
        with httpx.Client(trust_env=False, transport=httpx.HTTPTransport(retries=8)) as browser:
            pages.append(browser.get(start, follow_redirects=True))

    browser = threading.Thread(target=browse)
    work = [Path(sys.executable).with_name("orgkey"), "tenants", "authorize", customer.tenant, "--json"]
    with subprocess.Popen(work, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline()) == {"open": start}
        assert consents_under_way(tmp_path) == 1
        browser.start()
        connected, _ = end_in_the_exchange(process, signal.SIGTERM, tmp_path)
    browser.join()
    assert (connected["state"], [page.status_code for page in pages]) == ("ACTIVE", [200])
    assert customer.holds(stored_token(store, customer.tenant))


def test_a_former_grant_whose_revocation_nobody_finished_is_seen(
    store: Tenants, connected: Customer, capsys: pytest.CaptureFixture[str]
) -> None:
    (shown,) = told(capsys, "show", connected.tenant)
    assert shown["former_grant"] is None
    first = store.get(connected.tenant).family
    connected.org.faults.add("revoke", delay=5.0)
    work = [Path(sys.executable).with_name("orgkey"), "tenants", "reconnect", connected.tenant, "--paste", "--json"]
    with subprocess.Popen(work, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(allow(json.loads(process.stdout.readline())["open"]) + "\n")
        process.stdin.flush()
        deadline = time.monotonic() + 30
        while store.get(connected.tenant).family == first:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.kill()
    for _ in range(60):  # many refreshes later it is still seen
        store.store.note(Audit.of(store.get(connected.tenant), "refreshed", by="test", at=2e9))
    (shown,) = told(capsys, "show", connected.tenant, "--audit", "100")
    assert shown["former_grant"].startswith("not known to be revoked")
    assert ("consented", "FORMER_TO_BE_REVOKED") in {(line["event"], line["cause"]) for line in shown["audit"]}
    assert run(["tenants", "show", connected.tenant]) == 0
    assert "former grant" in capsys.readouterr().out
    url = store.reconnect(connected.tenant)
    store.complete_authorization(allow(url), browser_cookie=url.browser_cookie)
    (shown,) = told(capsys, "show", connected.tenant)
    assert shown["former_grant"].startswith("revoked, 20")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_while_nobody_has_consented_a_signal_ends_the_command_at_once(
    store: Tenants, customer: Customer, tmp_path: Path, *, how: signal.Signals
) -> None:
    store.add(customer.tenant, login_url=customer.org.login_url)
    work = [Path(sys.executable).with_name("orgkey"), "tenants", "authorize", customer.tenant, "--paste", "--json"]
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(work, text=True, **pipes) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        process.send_signal(how)
        assert process.wait(timeout=30) == 130
    assert (store.get(customer.tenant).state, consents_under_way(tmp_path)) == (State.PENDING, 1)


def test_the_org_whose_consent_is_taken(store: Tenants, customer: Customer, capsys: pytest.CaptureFixture[str]) -> None:
    url, org_id = customer.org.login_url, customer.org.org_id
    (added,) = told(capsys, "add", customer.tenant, "--login-url", url, "--org-id", org_id[:15])
    assert added["org_id"] == org_id
    assert store.get(customer.tenant).org_id == org_id
    (problem,) = told(capsys, "add", "other", "--login-url", url, "--org-id", "acme", code=2)
    assert "Company Information" in problem["error"]["message"]
    key = ["--grant", "jwt_bearer", "--org-id", org_id]
    assert "a consent" in told(capsys, "add", "other", "--login-url", url, *key, code=2)[0]["error"]["message"]


def test_a_consent_that_this_machine_receives(
    store: Tenants, customer: Customer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    start = loopback_callback(customer, monkeypatch)
    pages: list[httpx.Response] = []

    def browse() -> None:
        with httpx.Client(trust_env=False, transport=httpx.HTTPTransport(retries=8)) as browser:
            pages.append(browser.get(start + "favicon.ico"))
            # Another browser brings a stolen link: it was not sent from here, and the command goes on waiting.
            pages.append(browser.get(start + "callback?code=stolen&state=guessed"))
            pages.append(browser.get(start, follow_redirects=True))

    browser = threading.Thread(target=browse)
    browser.start()
    sent, connected = told(capsys, "authorize", customer.tenant, "--login-url", customer.org.login_url)
    browser.join()
    assert sent == {"open": start}
    assert (connected["state"], [page.status_code for page in pages]) == ("ACTIVE", [404, 400, 200])
    assert "is connected" in pages[2].text
    assert store.get(customer.tenant).state is State.ACTIVE


def test_who_waits_for_a_consent_is_told_for_what_how_long_and_how_to_stop(
    store: Tenants, customer: Customer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store.add(customer.tenant, login_url=customer.org.login_url)
    waiting: list[str] = []

    class Person(io.StringIO):
        def readline(self, *_: Any) -> str:
            waiting.append(" ".join(capsys.readouterr().err.split()))
            return ""

    monkeypatch.setattr("sys.stdin", Person())
    assert run(["tenants", "authorize", customer.tenant, "--paste"]) == 2
    start = loopback_callback(customer, monkeypatch)

    def browse() -> None:
        with httpx.Client(trust_env=False, transport=httpx.HTTPTransport(retries=8)) as browser:
            browser.get(start, follow_redirects=True)

    browser = threading.Thread(target=browse)
    browser.start()
    capsys.readouterr()
    assert run(["tenants", "authorize", customer.tenant]) == 0
    browser.join()
    waiting.append(" ".join(capsys.readouterr().err.split()))
    for told_to_people, what in zip(waiting, ("paste the URL", f"comes back to {start}callback"), strict=True):
        assert what in told_to_people
        for word in ("15 minutes", "Ctrl-C", "orgkey explain"):
            assert word in told_to_people


def test_a_callback_port_that_is_taken_leaves_three_ways(
    store: Tenants, customer: Customer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store.add(customer.tenant, login_url=customer.org.login_url)
    start = loopback_callback(customer, monkeypatch)
    with LoopbackReceiver(start + "callback") as other:
        assert other.start_url == start
        (problem,) = told(capsys, "authorize", customer.tenant, code=2)
    for way in ("end it", "--paste", "ORGKEY_CLIENT_REDIRECT_URI"):
        assert way in problem["error"]["message"]


def test_refresh_suspend_and_resume(store: Tenants, connected: Customer, capsys: pytest.CaptureFixture[str]) -> None:
    tenant = connected.tenant
    (refreshed,) = told(capsys, "refresh", tenant)
    assert (refreshed["generation"], connected.sent()) == (2, 1)
    assert told(capsys, "suspend", tenant)[0]["state"] == "SUSPENDED"
    (refused,) = told(capsys, "refresh", tenant, code=3)
    assert refused["error"]["diagnosis"]["cause"] == "TENANT_SUSPENDED" or "TENANT_SUSPENDED" in json.dumps(refused)
    assert told(capsys, "resume", tenant)[0]["state"] == "ACTIVE"
    assert store.get(tenant).state is State.ACTIVE


def orgkey_tenants(*arguments: str, **environment: str) -> tuple[int, list[dict[str, Any]]]:
    """A command in a process of its own: its exit code, and what it told on stderr."""
    work = [Path(sys.executable).with_name("orgkey"), "tenants", *arguments, "--json"]
    done = subprocess.run(work, env={**os.environ, **environment}, capture_output=True, text=True, check=False)
    return done.returncode, [json.loads(line) for line in done.stderr.splitlines()]


def begun_by_another(store: Tenants, tenant: str, seconds: float) -> None:
    """Let another process have begun a refresh, for which others wait for so many seconds yet."""
    record = store.get(tenant)
    intent = Intent("of-another", "host/9", time.time() + seconds - store.limits.skew)
    announced = replace(record, intent=intent)
    assert store.store.swap(
        announced, Audit.of(announced, "refresh_announced", by="test", at=0), version=record.version
    )


def test_settings_with_which_nothing_is_sent_leave_nothing_to_wait_for(store: Tenants, connected: Customer) -> None:
    code, (problem,) = orgkey_tenants("refresh", connected.tenant, HTTP_PROXY="gopher://127.0.0.1:9")
    assert (code, "proxy" in problem["error"]["message"]) == (2, True)
    assert store.get(connected.tenant).intent is None
    assert orgkey_tenants("refresh", connected.tenant) == (0, [])
    assert connected.sent() == 1


def test_a_refresh_that_waits_for_another_says_so_at_once(
    store: Tenants, connected: Customer, capsys: pytest.CaptureFixture[str]
) -> None:
    begun_by_another(store, connected.tenant, seconds=1.5)
    capsys.readouterr()
    assert run(["tenants", "refresh", connected.tenant]) == 0
    shown = capsys.readouterr()
    assert "host/9 began a refresh" in shown.err
    assert " UTC at the latest (" in shown.err
    assert "ACTIVE" in shown.out
    assert store.get(connected.tenant).generation == 2


def test_a_refresh_that_waits_longer_than_a_caller_does_tells_what_came_of_it(
    store: Tenants, connected: Customer
) -> None:
    connected.org.faults.add("token", drop="after")
    code, (problem,) = orgkey_tenants("refresh", connected.tenant)
    assert code == 3
    assert store.get(connected.tenant).intent is not None
    begun_by_another(store, connected.tenant, seconds=11.5)  # a caller of the library waits for 10
    code, (note, problem) = orgkey_tenants("refresh", connected.tenant)
    assert "host/9 began a refresh" in note["warning"]
    assert (code, problem["error"]["diagnosis"]["cause"]["id"]) == (3, "LOST_ROTATION")


def test_all_tenants_are_suspended_at_once_whatever_they_were(
    store: Tenants, connected: Customer, customer: Customer, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    dead = new_customer(world, callback_urls=[CALLBACK])
    connect_by_consent(store, dead)
    dead.org.revoke(dead.app)
    assert told(capsys, "refresh", dead.tenant, code=3)
    for tenant in ("pending", "unpaid", "gone"):
        store.add(tenant, login_url=customer.org.login_url)
    store.suspend("unpaid", by="billing")
    store.forget("gone")
    (problem,) = told(capsys, "suspend", "--all", code=2)
    assert "Stop all traffic of 3 tenants" in problem["error"]["message"]
    assert store.get(connected.tenant).state is State.ACTIVE
    (outcome,) = told(capsys, "suspend", "--all", "--yes", "--by", "leak")
    assert outcome == {"suspended": sorted([connected.tenant, dead.tenant, "pending"]), "failed": {}}
    assert {record.tenant: (record.state, record.changed_by) for record in store.list()} == {
        **dict.fromkeys(outcome["suspended"], (State.SUSPENDED, "leak")),
        "unpaid": (State.SUSPENDED, "billing"),
        "gone": (State.FORGOTTEN, store.owner),
    }
    with pytest.raises(AuthorizationRefused):
        store.start_authorization("pending")
    assert told(capsys, "suspend", "--all") == [{"suspended": [], "failed": {}}]


def test_a_tenant_that_could_not_be_suspended_stops_no_other(
    store: Tenants, connected: Customer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for tenant in ("a", "b"):
        store.add(tenant, login_url=connected.org.login_url)
    suspend = Tenants.suspend

    def sometimes(tenants: Tenants, tenant: str, **options: Any) -> TenantRecord:
        if tenant == "a":
            raise local(RefreshInProgress, "RENEWAL_UNDER_WAY", "tenant 'a' is changed by others all the time")
        if tenant == "b":
            suspend(tenants, tenant, by="somebody else")
        return suspend(tenants, tenant, **options)

    monkeypatch.setattr(Tenants, "suspend", sometimes)
    outcome = {"suspended": [connected.tenant], "failed": {"a": "RENEWAL_UNDER_WAY"}}
    assert told(capsys, "suspend", "--all", "--yes", code=1) == [outcome]


def test_whom_it_suspended_is_said_whatever_becomes_of_the_store(
    store: Tenants, connected: Customer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for tenant in ("a", "z"):
        store.add(tenant, login_url=connected.org.login_url)
    suspend = Tenants.suspend

    def away_for_z(tenants: Tenants, tenant: str, **options: Any) -> TenantRecord:
        if tenant == "z":
            raise local(StoreUnavailable, "TENANT_STORE_UNAVAILABLE", "told to")
        return suspend(tenants, tenant, **options)

    monkeypatch.setattr(Tenants, "suspend", away_for_z)
    outcome = {"suspended": ["a", connected.tenant], "failed": {"z": "TENANT_STORE_UNAVAILABLE"}}
    assert told(capsys, "suspend", "--all", "--yes", code=1) == [outcome]
    monkeypatch.setattr(Tenants, "suspend", suspend)
    assert run(["tenants", "suspend", "--all", "--yes"]) == 0
    assert "1: z" in capsys.readouterr().out


def test_it_takes_a_tenant_or_all_of_them(store: Tenants, capsys: pytest.CaptureFixture[str]) -> None:
    del store
    for arguments in ((), ("acme", "--all")):
        assert "--all" in told(capsys, "suspend", *arguments, code=2)[0]["error"]["message"]


def test_what_cannot_be_undone_asks_first(
    store: Tenants, connected: Customer, capsys: pytest.CaptureFixture[str]
) -> None:
    (problem,) = told(capsys, "forget", connected.tenant, code=2)
    assert "--yes" in problem["error"]["message"]
    assert store.get(connected.tenant).state is State.ACTIVE
    (forgotten,) = told(capsys, "forget", connected.tenant, "--yes")
    assert forgotten["state"] == "FORGOTTEN"
    assert connected.org.count(endpoint="revoke", status=200) == 1
    assert store.store.keys(connected.tenant) == []


def test_a_forget_that_salesforce_cannot_be_told_of_says_what_stands_and_what_goes_on(
    store: Tenants, connected: Customer, capsys: pytest.CaptureFixture[str]
) -> None:
    connected.org.faults.add("revoke", status=503, times=2)
    (refused,) = told(capsys, "forget", connected.tenant, "--yes", code=3)
    step, *_ = refused["error"]["diagnosis"]["cause"]["remedy"]
    assert f"Nothing was forgotten: tenant '{connected.tenant}' is ACTIVE as before" in step
    assert f"`orgkey tenants forget {connected.tenant} --force`" in step
    assert store.refresh(connected.tenant).state is State.ACTIVE
    assert told(capsys, "forget", connected.tenant, "--yes", "--force")[0]["state"] == "FORGOTTEN"


@pytest.mark.parametrize(("answer", "code", "state"), [("n\n", 130, State.ACTIVE), ("y\n", 0, State.FORGOTTEN)])
def test_at_a_terminal_a_person_is_asked(
    store: Tenants, connected: Customer, monkeypatch: pytest.MonkeyPatch, *, answer: str, code: int, state: State
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal(answer))
    assert run(["tenants", "forget", connected.tenant]) == code
    assert store.get(connected.tenant).state is state


def test_a_restored_store_stops_and_is_confirmed(
    store: Tenants, connected: Customer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(capsys, "restored", code=2)
    assert told(capsys, "restored", "--yes") == [{"suspect": 1}]
    assert told(capsys, "refresh", connected.tenant, code=3)
    assert told(capsys, "confirm", connected.tenant, "--yes")[0]["state"] == "ACTIVE"
    assert told(capsys, "refresh", connected.tenant)
    assert store.get(connected.tenant).state is State.ACTIVE


def test_keys_are_rotated(
    store: Tenants, connected: Customer, master_key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path, new = Path(master_key.removeprefix("file:")), "A" * 43 + "=\n"
    path.write_text(new + path.read_text(encoding="ascii"), encoding="ascii")
    assert told(capsys, "rotate-keys") == [{"rewrapped": 1, "new_data_keys": 0}]
    path.write_text(new, encoding="ascii")
    assert told(capsys, "refresh", connected.tenant)[0]["state"] == "ACTIVE"
    assert told(capsys, "rotate-keys", "--data-keys") == [{"rewrapped": 0, "new_data_keys": 1}]
    assert [key.version for key in store.store.keys(connected.tenant)] == [2]


def test_keepalive_refreshes_what_is_due_and_says_what_failed(
    store: Tenants, connected: Customer, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    dead = new_customer(world, callback_urls=[CALLBACK])
    connect_by_consent(store, dead)
    assert told(capsys, "keepalive") == [{"refreshed": 0, "failed": {}}]
    dead.org.revoke(dead.app)
    for record in store.list():
        due = replace(record, keepalive_at=1.0)
        assert store.store.swap(due, Audit.of(due, "made_due", by="test", at=0.0), version=record.version)
    found = {"refreshed": 1, "failed": {dead.tenant: "REFRESH_TOKEN_INVALID"}}
    assert told(capsys, "keepalive", "--workers", "2", code=1) == [found]
    assert (connected.sent(), store.get(dead.tenant).state) == (1, State.NEEDS_REAUTH)


def test_tenants_with_a_key_or_a_secret_of_their_own(
    store: Tenants,
    customer: Customer,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Any,
) -> None:
    url = customer.org.login_url
    key = tmp_path / "given" / "server.key"
    key.write_text(customer.app.private_key_pem)
    user = next(iter(customer.org.users.values())).username
    (record,) = told(
        capsys, "add", "j", "--login-url", url, "--grant", "jwt_bearer", "--username", user, "--key-file", str(key)
    )
    assert record["state"] == "ACTIVE"
    assert (
        "--secret-from"
        in told(capsys, "add", "c", "--login-url", url, "--grant", "client_credentials", code=2)[0]["error"]["message"]
    )
    monkeypatch.setenv("ACME_SECRET", customer.app.client_secret)
    told(capsys, "add", "c", "--login-url", url, "--grant", "client_credentials", "--secret-from", "ACME_SECRET")
    for tenant in ("j", "c"):
        assert store.session(tenant).token().org_id == customer.org.org_id


def test_a_consent_names_the_variables_of_its_app(
    store: Tenants, customer: Customer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store.add(customer.tenant, login_url=customer.org.login_url)
    monkeypatch.setenv("SALESFORCE_CLIENT_ID", "3MVG9.another")
    for variable in ("ORGKEY_CLIENT_ID", "ORGKEY_CLIENT_REDIRECT_URI"):
        monkeypatch.delenv(variable)
    (problem,) = told(capsys, "authorize", customer.tenant, code=2)
    message = problem["error"]["message"]
    assert "client_id (ORGKEY_CLIENT_ID) is empty" in message
    assert "redirect_uri (ORGKEY_CLIENT_REDIRECT_URI) ''" in message
    assert "SALESFORCE_" not in message


def add_with_key(capsys: pytest.CaptureFixture[str], customer: Customer, key: Path, *more: str, code: int) -> Any:
    url = customer.org.login_url
    return told(
        capsys, "add", "j", "--login-url", url, "--grant", "jwt_bearer", "--key-file", str(key), *more, code=code
    )[0]


def test_a_tenant_with_its_own_key_names_the_options_of_its_command(
    store: Tenants, customer: Customer, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    key = tmp_path / "given" / "server.key"
    key.write_text(customer.app.private_key_pem)
    message = add_with_key(capsys, customer, key, code=2)["error"]["message"]
    assert "username (--username) is empty" in message
    user = next(iter(customer.org.users.values())).username
    key.write_text(customer.app.private_key_pem.replace("\n", r"\n"))
    message += add_with_key(capsys, customer, key, "--username", user, code=2)["error"]["message"]
    assert "--key-file" in message
    assert "SALESFORCE_" not in message
    key.write_bytes(generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    assert add_with_key(capsys, customer, key, "--username", user, code=0)["state"] == "ACTIVE"
    (refused,) = told(capsys, "refresh", "j", code=3)
    remedy = json.dumps(refused["error"]["diagnosis"]["cause"])
    assert "`orgkey tenants renew-secret j --key-file FILE`" in remedy
    assert "SALESFORCE_" not in remedy
    key.write_text(customer.app.private_key_pem)
    told(capsys, "renew-secret", "j", "--key-file", str(key))
    assert told(capsys, "refresh", "j")[0]["state"] == "ACTIVE"
    assert store.get("j").state is State.ACTIVE


def test_trouble_with_a_tenant_names_where_the_tenants_settings_are(
    store: Tenants, connected: Customer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    del store
    monkeypatch.setenv("ORGKEY_CLIENT_SECRET", canary("a secret of another app"))
    (refused,) = told(capsys, "refresh", connected.tenant, code=3)
    cause = json.dumps(refused["error"]["diagnosis"]["cause"])
    assert "ORGKEY_CLIENT_SECRET" in cause
    assert "SALESFORCE_CLIENT" not in cause
    monkeypatch.setenv("ORGKEY_TENANTS_ENVIRONMENT", "staging")
    (refused,) = told(capsys, "refresh", connected.tenant, code=3)
    diagnosis = refused["error"]["diagnosis"]
    assert (diagnosis["cause"]["id"], "'staging'" in diagnosis["evidence"][-1]) == ("TENANT_SEAL_BROKEN", True)
    assert "ORGKEY_TENANTS_ENVIRONMENT" in diagnosis["cause"]["remedy"][0]
    assert "reconnect" not in json.dumps(diagnosis["cause"])


def test_a_tenant_whose_master_key_is_gone_for_good_begins_anew_as_the_remedy_says(
    store: Tenants,
    connected: Customer,
    master_key: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path(master_key.removeprefix("file:")).write_text("A" * 43 + "=\n", encoding="ascii")
    (refused,) = told(capsys, "refresh", connected.tenant, code=3)
    assert (
        f"`orgkey tenants forget {connected.tenant} --force`, then"
        in refused["error"]["diagnosis"]["cause"]["remedy"][-1]
    )
    assert told(capsys, "forget", connected.tenant, "--force", "--yes")[0]["state"] == "FORGOTTEN"

    class Person(io.StringIO):
        def readline(self, *_: Any) -> str:
            return allow(json.loads(capsys.readouterr().out)["open"]) + "\n"

    monkeypatch.setattr("sys.stdin", Person())
    assert told(capsys, "authorize", connected.tenant, "--paste")[0]["state"] == "ACTIVE"
    assert told(capsys, "refresh", connected.tenant)[0]["generation"] == 2
    assert store.get(connected.tenant).state is State.ACTIVE


def test_what_stands_in_the_way_names_the_command_and_the_call(
    store: Tenants, connected: Customer, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(*arguments: str, code: int = 3) -> str:
        return json.dumps(told(capsys, *arguments, code=code)[0]["error"])

    tenant, url = connected.tenant, connected.org.login_url
    store.add("waits", login_url=url)
    assert "`orgkey tenants authorize waits` (tenants.start_authorization" in refused("refresh", "waits")
    assert f"{tenant}' is ACTIVE already" in refused("confirm", tenant, "--yes", code=1)
    assert f"`orgkey tenants reconnect {tenant}`" in refused("add", tenant, "--login-url", url, code=1)
    told(capsys, "suspend", tenant)
    assert f"`orgkey tenants resume {tenant}` (tenants.resume" in refused("refresh", tenant)
    assert f"`orgkey tenants resume {tenant}`" in refused("reconnect", tenant, code=1)
    told(capsys, "resume", tenant)
    told(capsys, "restored", "--yes")
    suspect = refused("refresh", tenant)
    assert f"`orgkey tenants confirm {tenant}` (tenants.confirm" in suspect
    told(capsys, "confirm", tenant, "--yes")
    connected.org.revoke(connected.app)
    for _ in range(2):  # the refusal itself, and what is told from then on
        assert f"`orgkey tenants reconnect {tenant}` (tenants.reconnect('{tenant}')" in refused("refresh", tenant)
    told(capsys, "forget", tenant, "--yes")
    assert f"`orgkey tenants authorize {tenant}`" in refused("refresh", tenant)


def test_only_what_is_suspect_is_confirmed_and_only_what_is_suspended_resumed(
    store: Tenants, connected: Customer, capsys: pytest.CaptureFixture[str]
) -> None:
    store.add("waits", login_url=connected.org.login_url)
    connected.org.revoke(connected.app)
    told(capsys, "refresh", connected.tenant, code=3)
    for tenant, state in (("waits", State.PENDING), (connected.tenant, State.NEEDS_REAUTH)):
        for arguments, needs in ((("confirm", "--yes"), "SUSPECT"), (("resume",), "SUSPENDED")):
            (problem,) = told(capsys, *arguments, tenant, code=1)
            assert f"meant for a tenant that is {needs}" in problem["error"]["message"]
        assert store.get(tenant).state is state


@pytest.mark.parametrize("found", ["nothing", "an empty file", "a database of somebody else's"])
def test_only_who_adds_a_tenant_makes_a_store(
    store: Tenants, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *, found: str
) -> None:
    del store
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ORGKEY_TENANTS_URL", "sqlite:///mistyped.db")
    path = tmp_path / "mistyped.db"
    if found != "nothing":
        path.touch()
    if found == "a database of somebody else's":
        with closing(sqlite3.connect(path)) as other:
            other.execute("CREATE TABLE orders (id)")
            other.commit()
    before = path.read_bytes() if path.exists() else None
    for command in (
        "list",
        "show acme",
        "refresh acme",
        "keepalive",
        "suspend --all",
        "resume acme",
        "confirm acme --yes",
        "forget acme --yes",
        "restored --yes",
        "rotate-keys",
        "reconnect acme",
        "authorize acme",
    ):
        (problem,) = told(capsys, *command.split(), code=2)
        assert f"no store of tenants at {path} (ORGKEY_TENANTS_URL)" in problem["error"]["message"], command
        assert str(tmp_path) in problem["error"]["message"]
    assert run(["doctor", "--tenant", "acme", "--json"]) == 2
    assert f"no store of tenants at {path}" in capsys.readouterr().out
    assert run(["certificates", "--json"]) in {0, 1}
    assert f"no store of tenants at {path}" in capsys.readouterr().out
    assert (path.read_bytes() if path.exists() else None) == before
    assert [made.name for made in tmp_path.iterdir() if "mistyped" in made.name and made != path] == []
    (added,) = told(capsys, "add", "acme", "--login-url", "https://acme.my.salesforce.com")
    assert told(capsys, "list") == [added]


@pytest.mark.parametrize(
    ("place", "reason"),
    [("no/such/tenants.db", "there is no folder"), ("", "it is a folder"), ("notes.txt", "a file of another kind")],
)
def test_a_store_that_can_be_none_is_named_with_what_to_change(
    store: Tenants,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    *,
    place: str,
    reason: str,
) -> None:
    del store
    (tmp_path / "notes.txt").write_text("of somebody else " * 100)
    path = tmp_path / place
    monkeypatch.setenv("ORGKEY_TENANTS_URL", f"sqlite:///{path}")
    (problem,) = told(capsys, "add", "acme", "--login-url", "https://acme.my.salesforce.com", code=2)
    assert f"The store at {path} (ORGKEY_TENANTS_URL) cannot be opened" in problem["error"]["message"]
    assert reason in problem["error"]["message"]
    (problem,) = told(capsys, "list", code=2)
    assert f"{path} (ORGKEY_TENANTS_URL)" in problem["error"]["message"]


@pytest.mark.parametrize(
    "form", ["postgresql://u:{}@127.0.0.1:abc/db", "postgresql://db:{}/db", "sqlite://u:{}@h/t.db"]
)
@pytest.mark.parametrize("variable", ["ORGKEY_TENANTS_URL", "ORGKEY_TENANTS_LOCK"])
def test_a_url_that_cannot_be_read_is_refused_without_its_password(
    store: Tenants, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *, form: str, variable: str
) -> None:
    del store
    secret = canary("database password")
    monkeypatch.setenv(variable, form.format(secret))
    for command in (["tenants", "list"], ["tenants", "list", "--json"]):
        assert run(command) == 2
        shown = "".join(capsys.readouterr())
        assert variable in shown
        assert secret not in shown


def test_a_database_that_does_not_answer_is_named_without_its_password(
    store: Tenants, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    del store
    secret = canary("database password")
    monkeypatch.setenv("ORGKEY_TENANTS_URL", f"postgresql://u:{secret}@127.0.0.1:1/customers?password={secret}")
    shown = json.dumps(told(capsys, "list", code=1))
    assert "@127.0.0.1:1/customers (ORGKEY_TENANTS_URL)" in shown
    assert secret not in shown


@pytest.mark.parametrize("uri", ["http://localhost:abc/cb", "http://[::1/cb"])
def test_a_callback_url_that_is_none_is_refused_before_anything_is_kept(
    store: Tenants, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *, uri: str
) -> None:
    monkeypatch.setenv("ORGKEY_CLIENT_REDIRECT_URI", uri)
    (problem,) = told(capsys, "authorize", "acme", "--login-url", "https://acme.my.salesforce.com", code=2)
    assert "redirect_uri (ORGKEY_CLIENT_REDIRECT_URI)" in problem["error"]["message"]
    assert store.list() == []


def test_a_login_url_that_is_not_permitted_is_called_the_tenants(
    store: Tenants, connected: Customer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    del store
    monkeypatch.delenv("ORGKEY_ALLOW_LOOPBACK_HTTP")
    (problem,) = told(capsys, "refresh", connected.tenant, code=2)
    assert f"The login URL of tenant {connected.tenant!r}" in problem["error"]["message"]
    assert "ORGKEY_ALLOW_LOOPBACK_HTTP=1" in problem["error"]["message"]
    assert "SALESFORCE_LOGIN_URL" not in problem["error"]["message"]


@pytest.mark.parametrize("kind", ["a file", "under a file", "nowhere"])
def test_a_journal_that_keeps_nothing_is_told_before_a_refresh_needs_it(
    store: Tenants,
    connected: Customer,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    *,
    kind: str,
) -> None:
    (tmp_path / "file").touch()
    path = {"a file": tmp_path / "file", "under a file": tmp_path / "file" / "journal", "nowhere": Path("/proc/x")}[
        kind
    ]
    monkeypatch.setenv("ORGKEY_TENANTS_JOURNAL", str(path))
    for command in (["refresh", connected.tenant], ["keepalive"]):
        (problem,) = told(capsys, *command, code=2)
        assert f"The journal {path} (ORGKEY_TENANTS_JOURNAL" in problem["error"]["message"]
    assert run(["doctor", "--tenant", connected.tenant, "--json"]) == 2
    assert f"The journal {path} (ORGKEY_TENANTS_JOURNAL" in capsys.readouterr().out
    with pytest.raises(ConfigError, match="ORGKEY_TENANTS_JOURNAL"):
        Tenants()
    assert (connected.sent(), store.get(connected.tenant).intent) == (0, None)
    # Who refreshes nothing needs none, and makes none.
    assert told(capsys, "suspend", connected.tenant)[0]["state"] == "SUSPENDED"


def test_a_journal_that_works_is_made_and_left_empty(
    store: Tenants, connected: Customer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del store
    journal = tmp_path / "tenants.db.journal"
    told(capsys, "list")
    assert not journal.exists()
    told(capsys, "refresh", connected.tenant)
    assert (journal.stat().st_mode & 0o777, [*journal.iterdir()]) == (0o700, [])


@pytest.mark.parametrize("name", ["URL", "KEYS", "LOCK", "JOURNAL"])
@pytest.mark.parametrize("form", ["{}\n", "{}\r", " {}"])
def test_white_space_around_a_place_makes_no_other_place(
    store: Tenants,
    master_key: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    *,
    name: str,
    form: str,
) -> None:
    del store
    places = {
        "URL": f"sqlite:///{tmp_path / 'tenants.db'}",
        "KEYS": master_key,
        "LOCK": "redis://127.0.0.1:1/0",
        "JOURNAL": str(tmp_path / "journal"),
    }
    before = sorted(tmp_path.iterdir())
    monkeypatch.setenv(f"ORGKEY_TENANTS_{name}", form.format(places[name]))
    for command in ("list", "add acme --login-url https://acme.my.salesforce.com"):
        (problem,) = told(capsys, *command.split(), code=2)
        assert f"ORGKEY_TENANTS_{name}" in problem["error"]["message"]
        assert "white space" in problem["error"]["message"]
    assert sorted(tmp_path.iterdir()) == before


def test_exit_codes_tell_a_wrong_command_line_from_a_store_that_does_not_answer(
    store: Tenants, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (problem,) = told(capsys, "add", "acme", "--login-url", "https://acme.example.com", code=2)
    assert problem["exit_code"] == 2
    assert store.list() == []
    monkeypatch.setenv("ORGKEY_TENANTS_URL", f"sqlite:///{tmp_path}/no/such/folder/tenants.db")
    assert told(capsys, "list", code=2)
    monkeypatch.setenv("ORGKEY_TENANTS_URL", "postgresql://nobody@127.0.0.1:1/tenants")
    (problem,) = told(capsys, "list", code=1)
    assert problem["error"]["diagnosis"]["cause"]["id"] == "TENANT_STORE_UNAVAILABLE"


@pytest.mark.parametrize("arguments", ["tenants", "tenants refresh", "setup", "setup deploy", "migrate"])
def test_every_help_tells_exit_codes(arguments: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*arguments.split(), "--help"]) == 0
    assert "Exit codes: 0" in " ".join(capsys.readouterr().out.split())
