"""A proxy that cannot be used or is not there: every command and adapter says which it is, and never its URL."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import leaks
import pytest
import requests

import orgkey
from orgkey import sender
from orgkey.cli.app import run
from orgkey.wire import Request
from orgkey_records import Records
from orgkey_sim import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from orgkey_sim import App

    Environment = Callable[..., None]

LIBRARIES = ("httpx", "httpx2", "requests")
SECRET = "canary-proxy-0123456789abcdef"
QUERY = ("query", "SELECT Name FROM Contact LIMIT 1")
PROXIES = {
    "# in the password": f"http://u:{SECRET}#x@127.0.0.1:9",
    "/ in the password": f"http://u:{SECRET}/x@127.0.0.1:9",
    "@ and / in the password": f"http://u:x@{SECRET}/x@127.0.0.1:9",
    "? in the password": f"http://u:{SECRET}?x@127.0.0.1:9",
    "a word for a port": f"http://u:{SECRET}@127.0.0.1:abc",
    "no scheme": f"u:{SECRET}@127.0.0.1:abc",
    "no scheme, no user": "127.0.0.1:abc",
    "an open bracket": f"http://u:{SECRET}@[::1",
    "another scheme": f"ftp://u:{SECRET}@127.0.0.1:9",
    "SOCKS without what it needs": f"socks5://u:{SECRET}@127.0.0.1:9",
    "no host": f"http://u:{SECRET}@",
}


@pytest.fixture(scope="module")
def app() -> Iterator[App]:
    with World() as world:
        org = world.create_org("acme")
        yield org.create_app("Agent", run_as=org.create_user("agent@acme.example"))


@pytest.fixture(autouse=True)
def _configured(app: App, environment: Environment, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    environment(login_url=app.org.login_url, client_id=app.client_id, client_secret=app.client_secret)
    environment(ORGKEY_ALLOW_LOOPBACK_HTTP="1")
    monkeypatch.setattr(requests.adapters, "SOCKSProxyManager", no_socks)
    sender._sender.cache_clear()
    yield
    sender._sender.cache_clear()  # a client keeps the proxy that it was made with


def no_socks(*_: Any, **__: Any) -> None:
    """What requests has in place of its SOCKS where PySocks is not installed."""
    msg = "Missing dependencies for SOCKS support."
    raise requests.exceptions.InvalidSchema(msg)


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


@pytest.mark.parametrize("command", [QUERY, ("whoami", "--json"), ("doctor",), ("doctor", "--json")], ids=" ".join)
@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("proxy", PROXIES)
def test_a_proxy_that_cannot_be_used_is_a_matter_of_the_settings(
    environment: Environment,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    *,
    proxy: str,
    library: str,
    command: tuple[str, ...],
) -> None:
    if library == "requests" and proxy.startswith("SOCKS") and command[0] == "doctor":
        pytest.skip("requests says so at the first request, and the doctor finds before that that nobody listens there")
    report = tmp_path / "report.json"
    environment(HTTP_PROXY=PROXIES[proxy], ORGKEY_HTTP=library)
    assert run([*command, "--report", str(report)] if command[0] == "doctor" else command) == 2
    text = "".join(capfd.readouterr()) + (report.read_text(encoding="utf-8") if report.exists() else "")
    assert SECRET not in "".join(text.split())
    assert "HTTP_PROXY" in text
    assert "fault in" not in text


def test_a_proxy_for_other_urls_stops_httpx_and_is_the_one_that_is_named(
    environment: Environment, capfd: pytest.CaptureFixture[str]
) -> None:
    environment(HTTPS_PROXY="http://127.0.0.1:abc", NO_PROXY="127.0.0.1")
    assert run(QUERY) == 2
    assert "HTTPS_PROXY cannot be read as a URL" in " ".join(capfd.readouterr().err.replace("│", " ").split())


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("url", [f"http://u:{SECRET}#x@127.0.0.1:9", f"http://u:{SECRET}/x@127.0.0.1:9"])
@pytest.mark.parametrize("given", [True, False], ids=["given", "of the environment"])
def test_no_frame_behind_it_holds_the_url(environment: Environment, url: str, library: Any, *, given: bool) -> None:
    if not given:
        environment(HTTP_PROXY=url)
    session = orgkey.connect(http=orgkey.HTTPSettings(library=library, proxy=url if given else None))
    del url
    with pytest.raises(orgkey.ConfigError, match="HTTP_PROXY cannot" if not given else "HTTPSettings") as failure:
        session.token()
    assert SECRET not in leaks.shown(failure.value)


@pytest.mark.parametrize("proxy", PROXIES)
def test_records_say_it_too_where_the_token_came_by_another_way(
    environment: Environment, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    from orgkey_records import pools

    monkeypatch.setattr(pools, "_for_threads", {})
    session = orgkey.connect()
    session.token()
    environment(HTTP_PROXY=PROXIES[proxy])
    with pytest.raises(orgkey.ConfigError, match="HTTP_PROXY") as failure:
        Records(session).query_all("SELECT Name FROM Contact LIMIT 1")
    assert SECRET not in leaks.shown(failure.value)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("login", ["http", "https"])
def test_a_proxy_that_is_not_there_is_named(environment: Environment, library: Any, login: str) -> None:
    port = closed_port()
    environment(HTTP_PROXY=f"http://u:{SECRET}@127.0.0.1:{port}", HTTPS_PROXY=f"http://u:{SECRET}@127.0.0.1:{port}")
    origin = orgkey.Origin("https", "acme.my.salesforce.com", 443)
    if login == "http":
        origin = orgkey.Origin("http", "127.0.0.1", closed_port())
    with pytest.raises(orgkey.TokenEndpointUnreachable) as failure:
        orgkey.Sender(orgkey.HTTPSettings(library=library)).send(Request(origin, "/services/oauth2/token"))
    assert failure.value.diagnosis.cause.id == "ENDPOINT_UNREACHABLE_PROXY"
    assert failure.value.sent is False
    assert f"through the proxy 127.0.0.1:{port}" in str(failure.value)
    assert SECRET not in leaks.shown(failure.value)


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_proxy_that_is_meant_to_speak_tls_and_does_not_is_the_proxys_trouble(
    app: App, environment: Environment, library: Any
) -> None:
    environment(HTTPS_PROXY=app.org.login_url.replace("http://", "https://"))
    origin = orgkey.Origin("https", "acme.my.salesforce.com", 443)
    with pytest.raises(orgkey.TokenEndpointUnreachable) as failure:
        orgkey.Sender(orgkey.HTTPSettings(library=library)).send(Request(origin, "/services/oauth2/token"))
    assert failure.value.diagnosis.cause.id == "ENDPOINT_UNREACHABLE_PROXY"


@pytest.mark.parametrize("library", LIBRARIES)
def test_plain_http_where_the_url_says_https_is_told_as_that(
    app: App, environment: Environment, capfd: pytest.CaptureFixture[str], library: str
) -> None:
    environment(login_url=app.org.login_url.replace("http://", "https://"), ORGKEY_HTTP=library)
    assert run(QUERY) == 3
    assert "ENDPOINT_UNREACHABLE_NO_TLS" in capfd.readouterr().err
    assert run(("doctor", "--json")) == 1
    told = capfd.readouterr().out
    assert "ENDPOINT_UNREACHABLE_NO_TLS" in told
    assert "network team" not in told
