"""A secret in the wrong setting: no command prints it, whichever setting it is and however the command speaks."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from orgkey import sender
from orgkey.cli.app import run
from orgkey_sim import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from orgkey_sim import App

    Environment = Callable[..., None]
    Told = Callable[[], str]

SECRET = "canary-password-0123456789abcdef"
HEX = "8E1F40A7C35B9D26" * 4
COMMANDS = {
    "query": ("query", "SELECT Name FROM Contact LIMIT 1"),
    "query --json": ("query", "--json", "SELECT Name FROM Contact LIMIT 1"),
    "whoami": ("whoami",),
    "doctor": ("doctor",),
    "doctor --json": ("doctor", "--json"),
}


@pytest.fixture(scope="module")
def app() -> Iterator[App]:
    with World() as world:
        org = world.create_org("acme")
        user = org.create_user("agent@acme.example")
        yield org.create_app("Agent", flows={"jwt_bearer", "client_credentials"}, run_as=user)


@pytest.fixture
def configured(app: App, environment: Environment) -> None:
    """Settings that work, as JWT Bearer wants them."""
    environment(login_url=app.org.login_url, client_id=app.client_id, username="agent@acme.example")
    environment(private_key_file=app.private_key_file, ORGKEY_ALLOW_LOOPBACK_HTTP="1")
    sender._sender.cache_clear()


@pytest.fixture(params=COMMANDS)
def told(request: pytest.FixtureRequest, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Told:
    """Runs a command and returns all that it printed, and for the doctor wrote."""

    def run_it() -> str:
        command, report = COMMANDS[request.param], tmp_path / "report.json"
        run([*command, "--report", str(report)] if command[0] == "doctor" else command)
        printed = "".join(capfd.readouterr())
        assert printed
        return printed + (report.read_text(encoding="utf-8") if report.exists() else "")

    return run_it


def words(text: str) -> str:
    """``text`` without the frames and line breaks that a terminal gets."""
    return "".join(character for character in text if not character.isspace() and character not in "│\\")


def forms_of_a_key(pem: str) -> dict[str, str]:
    body = [line for line in pem.splitlines() if "-----" not in line]
    return {
        "the PEM text": pem,
        "the PEM text in base64": base64.b64encode(pem.encode()).decode(),
        "its lines between the first and the last": "\n".join(body),
        "the same in one line": "".join(body),
        "the middle of it": "".join(body[3:9]),
        "file: and the PEM text": f"file:{pem}",
    }


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize("form", forms_of_a_key(""))
@pytest.mark.parametrize("setting", ["private_key_file", "ca_file"])
def test_a_key_where_a_path_belongs(app: App, environment: Environment, setting: str, form: str, told: Told) -> None:
    environment(**{setting: forms_of_a_key(app.private_key_pem)[form]})
    text, key = words(told()), words(forms_of_a_key(app.private_key_pem)[form])
    pieces = [key[start : start + 20] for start in range(0, len(key) - 19, 20)]
    assert not [piece for piece in pieces if piece in text and "-----" not in piece]
    assert f"SALESFORCE_{setting.upper()}" in text
    assert "faultin" not in text


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize("secret", [SECRET, HEX, f"{SECRET}\n", f"https://{SECRET}@acme.my.salesforce.com"])
@pytest.mark.parametrize(
    "setting",
    [
        *("login_url", "client_id", "username", "audience", "grant", "private_key", "private_key_file", "ca_file"),
        "ORGKEY_HTTP",
    ],
)
def test_a_secret_in_the_setting_beside_its_own(
    environment: Environment, monkeypatch: pytest.MonkeyPatch, setting: str, secret: str, told: Told
) -> None:
    if setting == "username" and "@" in secret:
        pytest.skip("a text with an @ may be a username")
    if setting == "private_key":
        monkeypatch.delenv("SALESFORCE_PRIVATE_KEY_FILE")
    environment(**{setting: secret})
    text = words(told())
    assert words(secret).removeprefix("https://")[:32] not in text
    assert "faultin" not in text


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize("reference", ["{}:x", "env:{}", "file:{}", "vault:{}", "file:{}\n"])
def test_a_secret_in_a_key_reference(
    environment: Environment, monkeypatch: pytest.MonkeyPatch, reference: str, told: Told
) -> None:
    monkeypatch.delenv("SALESFORCE_PRIVATE_KEY_FILE")
    environment(private_key=reference.format(SECRET))
    assert SECRET not in words(told())


@pytest.mark.usefixtures("configured")
def test_a_consumer_key_and_secret_that_are_swapped_are_told_as_that(
    app: App, environment: Environment, monkeypatch: pytest.MonkeyPatch, told: Told
) -> None:
    for name in ("SALESFORCE_USERNAME", "SALESFORCE_PRIVATE_KEY_FILE"):
        monkeypatch.delenv(name)
    environment(client_id=app.client_secret, client_secret=app.client_id)
    text = words(told())
    assert app.client_secret not in text
    assert "SALESFORCE_CLIENT_SECRET)holdsaconsumerkey" in text


@pytest.mark.usefixtures("configured")
def test_a_domain_that_is_a_secret(environment: Environment, monkeypatch: pytest.MonkeyPatch, told: Told) -> None:
    monkeypatch.delenv("SALESFORCE_LOGIN_URL")
    environment(domain=HEX)
    assert HEX.lower() not in words(told()).lower()
