"""What a carrier says of a request that got no answer: above all, whether it was sent."""

from __future__ import annotations

import shutil
import socket
import ssl
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import httpx
import httpx2
import pytest
import requests
from raw_server import RawServer, http
from relay_proxy import RelayProxy

import orgkey
from orgkey.errors import TokenEndpointUnreachable
from orgkey.wire import Request
from orgkey_sim.ca import CertificateAuthority

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LIBRARIES = ("httpx", "httpx2", "requests")
PLAIN, TLS, FORWARDED, TUNNELLED = "plain http", "TLS", "forwarded by a proxy", "in a proxy's tunnel"
WAYS = (PLAIN, TLS, FORWARDED, TUNNELLED)

# The server has read the refresh token by then.
LOST = ("answer dropped", "answer reset", "half an answer", "no answer in time")

# Where nothing can have been written yet, and both libraries show that.
UNSENT = (
    (PLAIN, "no server"),
    (TLS, "no server"),
    (TUNNELLED, "no server"),
    (TLS, "no trust"),
    (TUNNELLED, "no trust"),
    (FORWARDED, "no proxy"),
    (TUNNELLED, "no proxy"),
    (TUNNELLED, "proxy refuses"),
)

# Nothing was written where a tunnel breaks, but the errors of some do not tell it from the loss of an answer.
DOUBTFUL = (
    (TUNNELLED, "proxy drops", LIBRARIES),
    (TUNNELLED, "proxy opens", ("requests",)),
)


class Road:
    """A token endpoint, a proxy, and where between them the trouble is."""

    def __init__(self, way: str, trouble: str, directory: Path, stack: ExitStack) -> None:
        directory.mkdir()
        authority = CertificateAuthority(directory)
        tls = authority.server_context() if way in {TLS, TUNNELLED} else None
        self.server = stack.enter_context(RawServer(self._answer, tls=tls))
        self.server.resets = trouble == "answer reset"
        self.proxy_url = None
        self.trouble = trouble
        self.ca_file = None if trouble == "no trust" else authority.ca_file
        self.origin = orgkey.Origin("http" if tls is None else "https", "127.0.0.1", self.server.port)
        target = closed_port() if trouble == "no server" else self.server.port
        if way == TUNNELLED:
            self.origin = orgkey.Origin("https", "acme.my.salesforce.com", 443)
        elif trouble == "no server":
            self.origin = orgkey.Origin(self.origin.scheme, "127.0.0.1", target)
        if way in {FORWARDED, TUNNELLED}:
            fails = trouble.removeprefix("proxy ") if trouble.startswith("proxy ") else ""
            proxy = stack.enter_context(RelayProxy(target, fails))
            self.proxy_url = f"http://127.0.0.1:{closed_port()}" if trouble == "no proxy" else proxy.url

    def _answer(self, _line: str, _request: bytes) -> Iterator[bytes]:
        if self.trouble == "half an answer":
            yield http(200, "{", length=5000)
        if self.trouble == "no answer in time":
            self.server.pause(2)

    def send(self, **settings: Any) -> TokenEndpointUnreachable:
        """The error of a refresh that takes this road."""
        read = 0.5 if self.trouble == "no answer in time" else 20.0
        settings = {"read": read, "proxy": self.proxy_url, "ca_file": self.ca_file, **settings}
        form = {"grant_type": "refresh_token", "refresh_token": "canary-5Aep-0123456789abcdef"}
        with pytest.raises(TokenEndpointUnreachable) as failure:
            orgkey.Sender(orgkey.HTTPSettings(**settings)).send(Request(self.origin, "/services/oauth2/token", form))
        return failure.value

    @property
    def is_read(self) -> bool:
        """Whether the refresh token arrived."""
        return any(b"refresh_token=" in request for request in self.server.requests)


@pytest.fixture
def road(tmp_path: Path) -> Iterator[Any]:
    directory = tmp_path / "ca"
    with ExitStack() as stack:
        yield lambda way, trouble: Road(way, trouble, directory, stack)
    shutil.rmtree(directory, ignore_errors=True)  # what is left behind is searched for private keys


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("trouble", LOST)
def test_a_refresh_token_that_was_read_is_never_told_as_unsent(road: Any, way: str, trouble: str, library: str) -> None:
    taken = road(way, trouble)
    error = taken.send(library=library)
    assert taken.is_read
    assert error.sent is True
    cause = "ENDPOINT_UNREACHABLE_TIMEOUT" if trouble == "no answer in time" else "ENDPOINT_UNREACHABLE"
    assert error.diagnosis.cause.id == cause


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize(("way", "trouble"), UNSENT)
def test_what_provably_did_not_leave_is_told_as_unsent(road: Any, way: str, trouble: str, library: str) -> None:
    taken = road(way, trouble)
    assert taken.send(library=library).sent is False
    assert not taken.is_read


@pytest.mark.parametrize("library", LIBRARIES)
def test_what_a_forwarding_proxy_read_counts_as_sent(road: Any, library: str) -> None:
    assert road(FORWARDED, "proxy drops").send(library=library).sent is True


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize(("way", "trouble", "unsure"), DOUBTFUL)
def test_what_the_error_does_not_prove_counts_as_sent(
    road: Any, way: str, trouble: str, unsure: tuple[str, ...], library: str
) -> None:
    assert road(way, trouble).send(library=library).sent is (library in unsure)


@pytest.mark.parametrize("made", [httpx, httpx2], ids=["httpx", "httpx2"])
@pytest.mark.parametrize("keeps_extensions", [True, False])
def test_what_a_transport_of_others_sent_before_it_failed_to_connect_is_not_told_as_unsent(
    road: Any, made: Any, *, keeps_extensions: bool
) -> None:
    class Retrying(made.BaseTransport):  # type: ignore[misc, name-defined]
        def handle_request(self, request: Any) -> Any:
            if not keeps_extensions:
                request.extensions = {}
            with made.HTTPTransport() as inner:
                try:
                    return inner.handle_request(request)
                except made.TransportError:
                    request.url = request.url.copy_with(port=closed_port())
                    return inner.handle_request(request)

    taken = road(PLAIN, "answer dropped")
    with made.Client(transport=Retrying()) as own:
        error = taken.send(client=own)
    assert taken.is_read
    assert error.sent is True


@pytest.mark.parametrize("made", [httpx, httpx2], ids=["httpx", "httpx2"])
def test_a_client_of_ones_own_shows_what_did_not_leave(road: Any, made: Any) -> None:
    with made.Client() as own:
        assert road(PLAIN, "no server").send(client=own).sent is False


def test_a_session_of_ones_own_calls_nothing_unsent(road: Any) -> None:
    with requests.Session() as own:
        assert road(PLAIN, "no server").send(client=own).sent is True


@pytest.mark.parametrize(
    ("raised", "cause"),
    [
        (TimeoutError("timed out"), "ENDPOINT_UNREACHABLE_TIMEOUT"),
        (ConnectionResetError(), "ENDPOINT_UNREACHABLE"),
        (ConnectionRefusedError("nobody listens"), "ENDPOINT_UNREACHABLE_REFUSED"),
        (ssl.SSLError("bad record"), "ENDPOINT_UNREACHABLE_TLS"),
        (OSError(), "ENDPOINT_UNREACHABLE"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, OSError) else "",
)
def test_an_error_of_the_system_from_an_adapter_is_no_answer(road: Any, raised: OSError, cause: str) -> None:
    class Gateway(requests.adapters.HTTPAdapter):
        def send(self, *_: Any, **__: Any) -> Any:
            raise raised

    with requests.Session() as own:
        own.mount("http://", Gateway())
        error = road(PLAIN, "answer dropped").send(client=own)
    assert error.diagnosis.cause.id == cause
    assert error.sent is True
