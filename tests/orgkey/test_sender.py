"""How token requests travel: library, limits, TLS, proxies, and what must not travel along."""

from __future__ import annotations

import importlib
import logging
import socket
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import crowd
import leaks
import pytest
import requests
from raw_server import RawServer, header, http, token_answer

import orgkey
from orgkey.errors import ConfigError, TokenEndpointUnreachable, TokenRequestError
from orgkey.wire import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fake_clock import FakeClock

    from orgkey_sim import Org, World

    LogIn = Callable[..., orgkey.OrgSession]
    Canary = Callable[[str], str]

LIBRARIES = pytest.mark.parametrize("library", ["httpx", "httpx2", "requests"])


# Under these names they log what they send.
LOGGERS = {"httpx": "httpx", "httpx2": "httpx2", "urllib3.connectionpool": "requests"}


def cause(error: TokenRequestError) -> str:
    return error.diagnosis.cause.id


def hear(caplog: pytest.LogCaptureFixture) -> None:
    for name in LOGGERS:
        caplog.set_level(logging.DEBUG, logger=name)


def libraries_that_sent(caplog: pytest.LogCaptureFixture) -> set[str]:
    """By what they logged of requests that were answered."""
    answered = (record.name for record in caplog.records if "HTTP/1.1" in record.getMessage())
    return {LOGGERS[name] for name in answered if name in LOGGERS}


def client_of(library: str, **settings: Any) -> Any:
    """A client of one's own."""
    made = importlib.import_module(library)
    if library != "requests":
        return made.Client(**settings, follow_redirects=True)
    session = made.Session()
    for name, value in settings.items():
        setattr(session, name, value)
    return session


@LIBRARIES
def test_the_library_is_chosen_by_argument(log_in: LogIn, library: Any, caplog: pytest.LogCaptureFixture) -> None:
    hear(caplog)
    assert log_in(http=orgkey.HTTPSettings(library=library)).token().generation == 1
    assert libraries_that_sent(caplog) == {library}


@LIBRARIES
def test_the_library_is_chosen_by_variable(
    log_in: LogIn, library: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    hear(caplog)
    monkeypatch.setenv("ORGKEY_HTTP", library)
    log_in().token()
    assert libraries_that_sent(caplog) == {library}


def test_a_library_that_is_not_installed_is_named(log_in: LogIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "httpx2", None)
    session = log_in(http=orgkey.HTTPSettings(library="httpx2"))
    with pytest.raises(ConfigError, match=r"pip install 'orgkey\[httpx2\]'"):
        session.token()


@LIBRARIES
def test_each_library_sends_the_same_request(log_in: LogIn, library: Any) -> None:
    with RawServer() as server:
        server.answer = token_answer(server.url)
        session = log_in(login_url=server.url, grant="client_credentials", http=orgkey.HTTPSettings(library=library))
        session.token()
        (request,) = server.requests
    assert request.startswith(b"POST /services/oauth2/token HTTP/1.1\r\n")
    assert header(request, "content-type") == "application/x-www-form-urlencoded"
    assert header(request, "accept") == "application/json"
    assert header(request, "user-agent") == "orgkey"
    assert header(request, "authorization") is None
    assert request.partition(b"\r\n\r\n")[2].startswith(b"grant_type=client_credentials&client_id=")


@LIBRARIES
@pytest.mark.parametrize("trouble", [{"drop": "before"}, {"drop": "after"}, {"drop": "midway"}])
def test_errors_of_each_library_are_mapped(log_in: LogIn, org: Org, library: Any, trouble: dict[str, Any]) -> None:
    org.faults.add("token", times=None, **trouble)
    session = log_in(attempts=1, http=orgkey.HTTPSettings(library=library))
    with pytest.raises(TokenEndpointUnreachable) as failure:
        session.token()
    assert not failure.value.permanent


@LIBRARIES
def test_a_late_answer_of_each_library_is_a_timeout(log_in: LogIn, org: Org, library: Any) -> None:
    org.faults.add("token", delay=5)
    session = log_in(attempts=1, http=orgkey.HTTPSettings(library=library, read=0.2))
    with pytest.raises(TokenEndpointUnreachable) as failure:
        session.token()
    assert cause(failure.value) == "ENDPOINT_UNREACHABLE_TIMEOUT"


def test_sessions_share_their_connections(log_in: LogIn) -> None:
    from orgkey.sender import shared_sender

    settings = orgkey.HTTPSettings(read=7.0)
    assert shared_sender(settings) is shared_sender(orgkey.HTTPSettings(read=7.0))
    assert shared_sender(settings) is not shared_sender(orgkey.HTTPSettings(read=8.0))


# --- what must not travel along --------------------------------------------------------------------------------------------


@LIBRARIES
def test_netrc_does_not_win(
    log_in: LogIn, library: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, canary: Canary
) -> None:
    netrc = tmp_path / "given" / "netrc"
    netrc.parent.mkdir()
    netrc.write_text(f"machine 127.0.0.1 login someone password {canary('netrc')}\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with RawServer() as server:
        server.answer = token_answer(server.url)
        log_in(login_url=server.url, http=orgkey.HTTPSettings(library=library)).token()
        assert header(server.requests[0], "authorization") is None


@LIBRARIES
def test_no_cookie_of_one_session_is_sent_with_another(log_in: LogIn, library: Any) -> None:
    with RawServer() as server:
        sound = token_answer(server.url)
        server.answer = sound.replace(b"\r\n", b"\r\nSet-Cookie: sid=of-the-first; Path=/\r\n", 1)
        for _ in range(2):
            log_in(login_url=server.url, http=orgkey.HTTPSettings(library=library)).token()
        assert [header(request, "cookie") for request in server.requests] == [None, None]


# --- a client of one's own -------------------------------------------------------------------------------------------------


@LIBRARIES
def test_a_client_of_ones_own_sends_with_its_settings_and_without_its_auth(log_in: LogIn, library: str) -> None:
    with RawServer() as server:
        server.answer = token_answer(server.url)
        with client_of(library, headers={"X-Mine": "yes"}, auth=("someone", "canary-mine-0123456789abcdef")) as client:
            session = log_in(login_url=server.url, http=orgkey.HTTPSettings(client=client), attempts=1)
            session.token()
            assert header(server.requests[0], "x-mine") == "yes"
            assert header(server.requests[0], "authorization") is None
            server.answer = http(302, location="/elsewhere")
            session.reset()
            with pytest.raises(TokenRequestError):
                session.token()
            assert len(server.requests) == 2


@LIBRARIES
def test_a_client_that_cannot_be_used_is_named(log_in: LogIn, library: str) -> None:
    made = importlib.import_module(library)
    client = made.adapters.HTTPAdapter() if library == "requests" else made.AsyncClient()
    with pytest.raises(ConfigError, match="client"):
        log_in(http=orgkey.HTTPSettings(client=client)).token()


def test_a_session_of_ones_own_is_held_to_the_total_limit(log_in: LogIn, org: Org) -> None:
    class Hanging(requests.adapters.HTTPAdapter):
        def send(self, *_: Any, **__: Any) -> Any:
            hanging.wait(10)
            raise OSError

    hanging = threading.Event()
    own = requests.Session()
    own.mount("http://", Hanging())
    started = time.monotonic()
    with pytest.raises(TokenEndpointUnreachable) as failure:
        log_in(http=orgkey.HTTPSettings(client=own, total=0.3), attempts=1).token()
    hanging.set()
    assert time.monotonic() - started < 2.0
    assert cause(failure.value) == "ENDPOINT_UNREACHABLE_TIMEOUT"
    assert org.token_requests == 0


@LIBRARIES
def test_a_name_that_does_not_resolve_in_time_is_a_timeout(
    log_in: LogIn, library: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def resolving(*_: object, **__: object) -> Any:
        asked.wait(10)
        raise socket.gaierror

    asked = threading.Event()
    settings = orgkey.HTTPSettings(library=library, total=0.3)
    session = log_in(login_url="https://acme.my.salesforce.com", http=settings, attempts=1)
    monkeypatch.setattr(socket, "getaddrinfo", resolving)
    started = time.monotonic()
    with pytest.raises(TokenEndpointUnreachable) as failure:
        session.token()
    asked.set()
    assert time.monotonic() - started < 2.0
    assert cause(failure.value) == "ENDPOINT_UNREACHABLE_TIMEOUT"


def test_what_stood_in_for_requests_is_gone_with_its_test(log_in: LogIn, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = orgkey.HTTPSettings(library="requests")
    with monkeypatch.context() as patch:
        patch.setattr(requests, "Session", mock.MagicMock())
        with pytest.raises(TokenRequestError):
            log_in(http=settings, attempts=1).token()
    assert log_in(http=settings).token().generation == 1


@LIBRARIES
def test_a_body_that_came_too_late_is_read_no_further(log_in: LogIn, library: Any) -> None:
    def drip(_line: str, _request: bytes) -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"
        while True:
            server.pause(0.05)
            yield b"x"

    with RawServer(drip) as server:
        settings = orgkey.HTTPSettings(library=library, total=0.3)
        with pytest.raises(TokenEndpointUnreachable):
            log_in(login_url=server.url, http=settings, attempts=1).token()
        left = [thread for thread in threading.enumerate() if thread.name == "orgkey-token-request"]
        for thread in left:
            thread.join(5)
        assert not any(thread.is_alive() for thread in left)


NOBODY_LISTENS = Request(orgkey.Origin("http", "127.0.0.1", 9), "/services/oauth2/token")


@LIBRARIES
def test_what_was_never_sent_is_told(library: Any) -> None:
    with pytest.raises(TokenEndpointUnreachable) as failure:
        orgkey.Sender(orgkey.HTTPSettings(library=library)).send(NOBODY_LISTENS)
    assert failure.value.sent is False
    assert cause(failure.value) == "ENDPOINT_UNREACHABLE_REFUSED"


@LIBRARIES
def test_whoever_calls_a_session_is_told_what_was_never_sent(log_in: LogIn, library: Any) -> None:
    settings = orgkey.HTTPSettings(library=library)
    session = log_in(login_url=str(NOBODY_LISTENS.origin), http=settings, attempts=1)
    for _ in ("of the flight", "in the cool-down"):
        with pytest.raises(TokenEndpointUnreachable) as failure:
            session.token()
        assert failure.value.sent is False


def test_what_an_adapter_of_others_may_have_sent_is_not_called_unsent() -> None:
    retrying = requests.Session()
    retrying.mount("http://", requests.adapters.HTTPAdapter(max_retries=2))
    with pytest.raises(TokenEndpointUnreachable) as failure:
        orgkey.Sender(orgkey.HTTPSettings(client=retrying)).send(NOBODY_LISTENS)
    assert failure.value.sent is True


@pytest.mark.parametrize("trouble", [{"drop": "before"}, {"drop": "midway"}])
def test_an_error_of_requests_holds_no_credential(log_in: LogIn, org: Org, trouble: Any) -> None:
    org.faults.add("token", times=None, **trouble)
    with pytest.raises(TokenEndpointUnreachable) as failure:
        log_in(grant="client_credentials", attempts=1, http=orgkey.HTTPSettings(library="requests")).token()
    link: BaseException | None = failure.value
    while link is not None:
        assert not hasattr(link, "request")
        frames = [frame.f_code.co_filename for frame, _ in traceback.walk_tb(link.__traceback__)]
        assert not any("urllib3" in file for file in frames)
        link = link.__cause__ or link.__context__


# --- TLS -------------------------------------------------------------------------------------------------------------------


@LIBRARIES
def test_an_org_is_reached_by_https_through_a_proxy(log_in: LogIn, world: World, org: Org, library: Any) -> None:
    settings = orgkey.HTTPSettings(library=library, proxy=world.proxy_url, ca_file=world.ca_file)
    session = log_in(login_url=f"https://{org.my_domain}", allow_loopback_http=False, http=settings)
    assert session.token().instance_url == f"https://{org.my_domain}"
    assert session.userinfo()["organization_id"] == org.org_id
    session.revoke()
    assert len(org.sessions) == 0


def test_a_proxy_of_the_environment_is_used(
    log_in: LogIn, world: World, org: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", world.proxy_url)
    session = log_in(login_url=f"https://{org.my_domain}", http=orgkey.HTTPSettings(ca_file=world.ca_file))
    assert session.token().generation == 1


@LIBRARIES
@pytest.mark.parametrize("trust", ["the system", "another CA"])
def test_a_certificate_that_is_not_trusted_is_an_error_of_its_own(
    log_in: LogIn, world: World, org: Org, library: Any, trust: str
) -> None:
    from orgkey_sim import World as OtherWorld

    with OtherWorld() as other:
        ca_file = None if trust == "the system" else other.ca_file
        settings = orgkey.HTTPSettings(library=library, proxy=world.proxy_url, ca_file=ca_file)
        session = log_in(login_url=f"https://{org.my_domain}", http=settings)
        with pytest.raises(TokenEndpointUnreachable) as failure:
            session.token()
    assert cause(failure.value) == "ENDPOINT_UNREACHABLE_TLS"
    assert org.token_requests == 0


@LIBRARIES
def test_a_slow_drip_over_tls_ends_at_the_total_limit(log_in: LogIn, world: World, org: Org, library: Any) -> None:
    settings = orgkey.HTTPSettings(library=library, proxy=world.proxy_url, ca_file=world.ca_file, total=0.5)
    session = log_in(login_url=f"https://{org.my_domain}", http=settings, attempts=1)
    org.faults.add("token", drip=20)
    started = time.monotonic()
    with pytest.raises(TokenEndpointUnreachable) as failure:
        session.token()
    assert time.monotonic() - started < 2.0
    assert cause(failure.value) == "ENDPOINT_UNREACHABLE_TIMEOUT"


@pytest.mark.parametrize(
    "content", ["", "no certificate", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"]
)
def test_a_ca_file_without_a_certificate_is_a_problem_of_the_setting(
    log_in: LogIn, tmp_path: Path, content: str
) -> None:
    file = tmp_path / "ca.pem"
    file.write_text(content)
    session = log_in(http=orgkey.HTTPSettings(ca_file=str(file)))
    with pytest.raises(ConfigError, match=r"SALESFORCE_CA_FILE\) holds no certificate in PEM form\. Put") as refusal:
        session.token()
    assert str(file) in str(refusal.value)


def test_a_ca_file_that_is_gone_is_a_problem_of_the_setting(log_in: LogIn, tmp_path: Path) -> None:
    session = log_in(http=orgkey.HTTPSettings(ca_file=str(tmp_path / "ca.pem")))
    with pytest.raises(ConfigError, match=r"ca\.pem .*No such file"):
        session.token()


def test_the_readme_says_how_long_a_login_may_take() -> None:
    text = (Path(__file__).resolve().parents[2] / "shared_auth" / "README.md").read_text(encoding="utf-8")
    limits, options = orgkey.HTTPSettings(), orgkey.SessionOptions()
    assert f"| connecting to a token endpoint | {limits.connect:g} s |" in text
    assert f"{limits.read:g} s without a byte, {limits.total:g} s in all" in text
    # Jitter: half a second at most after the first attempt, one after the second.
    assert options.attempts == 3
    assert f"{3 * limits.read + 2:g} s where nothing answers, {3 * limits.total + 2:g} s where an answer drips" in text


# --- proxies ---------------------------------------------------------------------------------------------------------------


@LIBRARIES
def test_a_proxy_that_wants_a_password_is_an_error_of_its_own(log_in: LogIn, library: Any, canary: Canary) -> None:
    password = canary("proxy")
    with RawServer(http(407, "who are you?")) as proxy:
        url = f"http://someone:{password}@127.0.0.1:{proxy.port}"
        settings = orgkey.HTTPSettings(library=library, proxy=url)
        session = log_in(login_url="https://acme.my.salesforce.com", http=settings)
        with pytest.raises(TokenEndpointUnreachable) as failure:
            session.token()
        assert proxy.requests[0].startswith(b"CONNECT acme.my.salesforce.com:443")
    assert cause(failure.value) == "ENDPOINT_UNREACHABLE_PROXY"
    assert password not in leaks.shown(failure.value)
    assert password not in repr(settings)


@LIBRARIES
@pytest.mark.parametrize("url", ["socks9://u:canary-proxy-0123456789abcdef@127.0.0.1", "127.0.0.1:8080"])
def test_a_proxy_that_makes_no_sense_is_a_problem_of_the_setting(log_in: LogIn, library: Any, url: str) -> None:
    session = log_in(http=orgkey.HTTPSettings(library=library, proxy=url))
    with pytest.raises((ConfigError, TokenEndpointUnreachable), match=r"(?i)proxy") as refusal:
        session.token()
    assert "canary-proxy" not in leaks.shown(refusal.value)


# --- many at once ----------------------------------------------------------------------------------------------------------


@LIBRARIES
def test_many_sessions_log_in_at_once(log_in: LogIn, org: Org, library: Any) -> None:
    sessions = [log_in(http=orgkey.HTTPSettings(library=library)) for _ in range(60)]
    waiting = iter(sessions)
    tokens = crowd.threads(60, lambda: next(waiting).token())
    assert [token for token in tokens if isinstance(token, BaseException)] == []
    assert org.token_requests == 60


def test_an_endpoint_that_hangs_holds_nobody_else_up(log_in: LogIn, org: Org, clock: FakeClock) -> None:
    def silence(_line: str, _request: bytes) -> Iterator[bytes]:
        while True:
            hung.pause(0.05)
            yield b""

    with RawServer(silence) as hung:
        settings = orgkey.HTTPSettings(total=1.5)
        hanging = [log_in(login_url=hung.url, attempts=1, http=settings) for _ in range(20)]
        waiting = iter(hanging)

        def others() -> None:
            started = time.monotonic()
            assert log_in(http=settings).token().generation == 1
            assert time.monotonic() - started < 1.2

        outcomes = crowd.threads(20, lambda: next(waiting).token(), during=others)
        assert all(isinstance(outcome, TokenEndpointUnreachable) for outcome in outcomes)
