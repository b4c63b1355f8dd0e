"""SalesforceAuth under Client and AsyncClient of httpx and httpx2: each test runs over all four."""

from __future__ import annotations

import asyncio
import gzip
import importlib
import io
import ssl
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import crowd
import leaks
import pytest
from raw_server import RawOrg, RawServer, body, header, http, token_answer

import orgkey
from orgkey.errors import CoolingDown, TokenRequestError, UntrustedHost

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

    from fake_clock import FakeClock

    from orgkey_sim import Org

    LogIn = Callable[..., orgkey.OrgSession]

QUERY = "/services/data/v66.0/query?q=SELECT+Id+FROM+User"
EXPIRED = '[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]'
CLIENT_SECRET = "canary-transport-0123456789abcdef"
TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class Caller:
    """Sends calls with one of the four clients."""

    def __init__(self, library: str, kind: str) -> None:
        self.library = importlib.import_module(library)
        self.asynchronous = kind == "AsyncClient"

    def client(self, session: orgkey.OrgSession, **settings: Any) -> Any:
        kind = self.library.AsyncClient if self.asynchronous else self.library.Client
        # Reading the system's certificates takes longer than the call.
        return kind(auth=orgkey.SalesforceAuth(session), verify=TLS, **settings)

    def send(self, session: orgkey.OrgSession, method: str, url: str, **arguments: Any) -> Any:
        """The answer to one call; a path goes to the org. Arguments are the client's and the call's."""
        settings = {name: arguments.pop(name) for name in ("follow_redirects", "timeout") if name in arguments}
        if url.startswith("/"):
            url = session.instance_url + url
        if self.asynchronous:
            return asyncio.run(self._send_async(self.client(session, **settings), method, url, arguments))
        with self.client(session, **settings) as client:
            return client.request(method, url, **arguments)

    async def _send_async(self, client: Any, method: str, url: str, arguments: dict[str, Any]) -> Any:
        async with client:
            return await client.request(method, url, **arguments)

    def one_shot(self, *pieces: bytes) -> Iterator[bytes] | AsyncIterator[bytes]:
        """A body that can be read once."""

        async def later() -> AsyncIterator[bytes]:
            for piece in pieces:
                yield piece

        return later() if self.asynchronous else (piece for piece in pieces)


@pytest.fixture(params=["httpx-Client", "httpx-AsyncClient", "httpx2-Client", "httpx2-AsyncClient"])
def caller(request: pytest.FixtureRequest) -> Caller:
    return Caller(*request.param.split("-"))


def raw_session(server: RawServer, clock: FakeClock, **options: Any) -> orgkey.OrgSession:
    grant = orgkey.ClientCredentials("3MVG9.agent", CLIENT_SECRET)
    options = {"allow_loopback_http": True, "attempts": 1, **options}
    return orgkey.OrgSession(grant, server.url, orgkey.SessionOptions(**options), clock=clock)


@dataclass(frozen=True)
class Surface:
    """One call on one of Salesforce's APIs."""

    method: str
    path: str
    endpoint: str
    refused_with: int
    content: str | None = None
    headers: dict[str, str] = field(default_factory=dict)


XML = {"Content-Type": "application/xml"}
JSON = {"Content-Type": "application/json"}
JOB_XML = (
    '<?xml version="1.0" encoding="UTF-8"?><jobInfo xmlns="http://www.force.com/2009/06/asyncapi/dataload">'
    "<operation>query</operation><object>Contact</object><contentType>CSV</contentType></jobInfo>"
)
JOB_JSON = '{"operation": "query", "object": "Contact", "contentType": "CSV"}'


def envelope(session_header: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/" '
        'xmlns:urn="http://soap.sforce.com/2006/04/metadata">'
        f"<env:Header>{session_header}</env:Header>"
        "<env:Body><urn:describeMetadata><urn:asOfVersion>66.0</urn:asOfVersion></urn:describeMetadata></env:Body>"
        "</env:Envelope>"
    )


SOAP = {"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": '""'}
SOAP_PATH = "/services/Soap/m/66.0"
SESSION_HEADER = "<urn:SessionHeader><urn:sessionId>{}</urn:sessionId></urn:SessionHeader>"
SURFACES = {
    "REST": Surface("GET", QUERY, "rest", 401),
    "Tooling": Surface("GET", "/services/data/v66.0/tooling/query?q=SELECT+Id+FROM+User", "rest", 401),
    "Apex REST": Surface("POST", "/services/apexrest/orders", "apexrest", 401, '{"a": 1}', JSON),
    "Bulk 2": Surface("GET", "/services/data/v66.0/jobs/ingest", "bulk2", 401),
    "Bulk 1 XML": Surface("POST", "/services/async/66.0/job", "bulk1", 400, JOB_XML, XML),
    "Bulk 1 JSON": Surface(
        "POST", "/services/async/66.0/job", "bulk1", 400, JOB_JSON, {**JSON, "Accept": "application/json"}
    ),
    "SOAP": Surface("POST", SOAP_PATH, "metadata", 500, envelope(SESSION_HEADER.format("stale")), SOAP),
    "userinfo": Surface("GET", "/services/oauth2/userinfo", "userinfo", 403),
}


def call(caller: Caller, session: orgkey.OrgSession, surface: Surface) -> Any:
    arguments = {} if surface.content is None else {"content": surface.content}
    return caller.send(session, surface.method, surface.path, headers=surface.headers, **arguments)


# --- renewed and replayed ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SURFACES)
def test_an_expired_token_is_renewed_and_the_call_replayed(
    session: orgkey.OrgSession, org: Org, caller: Caller, name: str
) -> None:
    surface = SURFACES[name]
    assert call(caller, session, surface).is_success
    org.expire_sessions()
    org.clear_log()
    assert call(caller, session, surface).is_success
    assert call(caller, session, surface).is_success
    statuses = [entry.status for entry in org.log if entry.endpoint == surface.endpoint]
    assert statuses[0] == surface.refused_with
    assert len(statuses) == 3
    assert org.token_requests == 1


def test_a_late_rejection_costs_no_token_request(session: orgkey.OrgSession, org: Org, caller: Caller) -> None:
    first = session.token()
    org.faults.add("rest", delay=0.3, status=401, body=EXPIRED)
    answers: list[Any] = []
    slow = threading.Thread(target=lambda: answers.append(caller.send(session, "GET", QUERY)))
    slow.start()
    while org.faults.as_list():
        pass
    second = session.renew(first)  # somebody else was faster
    slow.join(10)
    assert answers[0].is_success
    assert session.token() is second
    assert org.token_requests == 2
    assert org.log.total("rest") == 2


@pytest.mark.parametrize("library", ["httpx", "httpx2"])
def test_a_crowd_that_meets_an_expired_token_makes_one_token_request(
    session: orgkey.OrgSession, org: Org, library: str
) -> None:
    caller = Caller(library, "Client")
    with caller.client(session, base_url=session.instance_url, timeout=30) as client:
        org.expire_sessions()
        org.clear_log()
        org.faults.add("token", delay=0.1)
        outcomes = crowd.threads(60, lambda: client.get(QUERY).status_code)
    assert outcomes == [200] * 60
    assert org.token_requests == 1
    assert org.log.total("rest") <= 120


@pytest.mark.parametrize("library", ["httpx", "httpx2"])
async def test_a_crowd_of_tasks_makes_one_token_request(session: orgkey.OrgSession, org: Org, library: str) -> None:
    caller = Caller(library, "AsyncClient")
    async with caller.client(session, base_url=session.instance_url, timeout=30) as client:
        org.expire_sessions()
        org.clear_log()
        org.faults.add("token", delay=0.1)
        outcomes = await crowd.tasks(60, lambda: client.get(QUERY))
    assert [outcome.status_code for outcome in outcomes] == [200] * 60  # type: ignore[union-attr]
    assert org.token_requests == 1


def test_one_auth_object_serves_all_clients_at_once(session: orgkey.OrgSession, org: Org) -> None:
    auth = orgkey.SalesforceAuth(session)
    url = session.instance_url + QUERY

    async def ask(library: Any) -> int:
        async with library.AsyncClient(auth=auth) as client:
            return int((await client.get(url)).status_code)

    for name in ("httpx", "httpx2"):
        library = importlib.import_module(name)
        org.expire_sessions()
        with library.Client(auth=auth) as client:
            assert client.get(url).status_code == 200
        org.expire_sessions()
        assert asyncio.run(ask(library)) == 200


def test_httpx_alone_is_enough() -> None:
    # Where httpx2 is not installed, the auth object is one of httpx's.
    code = "import sys; sys.modules['httpx2'] = None; import httpx, orgkey; print(issubclass(orgkey.SalesforceAuth, httpx.Auth))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["True"]


def test_a_rejection_that_comes_compressed_is_understood(clock: FakeClock, caller: Caller) -> None:
    rejected = http(401, gzip.compress(EXPIRED.encode()), content_encoding="gzip")
    with RawOrg() as org:
        org.api = lambda _line, _request: rejected if len(org.api_requests) == 1 else http(200, "{}")
        assert caller.send(raw_session(org, clock), "GET", QUERY).status_code == 200
        assert (org.token_requests, len(org.api_requests)) == (2, 2)


def test_a_rejection_in_xml_is_understood(clock: FakeClock, caller: Caller) -> None:
    xml = "<Errors><Error><errorCode>INVALID_SESSION_ID</errorCode><message>Session expired or invalid</message></Error></Errors>"
    with RawOrg() as org:
        org.api = lambda _line, _request: http(401, xml) if len(org.api_requests) == 1 else http(200, "<a/>")
        assert caller.send(raw_session(org, clock), "GET", QUERY).status_code == 200


# --- what is sent --------------------------------------------------------------------------------------------------------


def test_each_surface_gets_the_token_its_own_way(clock: FakeClock, caller: Caller) -> None:
    with RawOrg(http(200, "{}")) as org:
        session = raw_session(org, clock)
        token = org.token(1)
        for name, surface in SURFACES.items():
            call(caller, session, surface)
            request = org.api_requests[-1]
            bearer = f"Bearer {token}" if not name.startswith(("Bulk 1", "SOAP")) else None
            assert header(request, "Authorization") == bearer, name
            assert header(request, "X-SFDC-Session") == (token if name.startswith("Bulk 1") else None), name
            assert (token.encode() in body(request)) is (name == "SOAP"), name


def test_what_the_caller_set_is_replaced(clock: FakeClock, caller: Caller) -> None:
    with RawOrg(http(200, "{}")) as org:
        session = raw_session(org, clock)
        own = {"Authorization": "Bearer mine", "X-SFDC-Session": "mine"}
        caller.send(session, "GET", QUERY, headers=own)
        assert header(org.api_requests[-1], "Authorization") == f"Bearer {org.token(1)}"
        caller.send(session, "POST", "/services/async/66.0/job", headers=own)
        assert header(org.api_requests[-1], "X-SFDC-Session") == org.token(1)
        assert org.api_requests[-1].lower().count(b"x-sfdc-session") == 1


@pytest.mark.parametrize(
    "written",
    [
        "<urn:sessionId>{}</urn:sessionId>",
        "<sessionId>{}</sessionId>",
        '<urn:sessionId xsi:type="xsd:string">{}</urn:sessionId>',
        "<urn:sessionId >{}</urn:sessionId >",
        "<a-b.c:sessionId>{}</a-b.c:sessionId>",
    ],
)
def test_the_session_id_in_a_soap_body_is_rewritten(clock: FakeClock, caller: Caller, written: str) -> None:
    placeholder = "" if " >" in written else "00D5g!stale &amp; old"
    with RawOrg() as org:
        fault = "<faultcode>sf:INVALID_SESSION_ID</faultcode>"
        org.api = lambda _line, _request: http(500, fault) if len(org.api_requests) == 1 else http(200, "<a/>")
        session = raw_session(org, clock)
        content = envelope(f"<urn:SessionHeader>{written.format(placeholder)}</urn:SessionHeader>")
        assert caller.send(session, "POST", SOAP_PATH, content=content, headers=SOAP).status_code == 200
        for number, request in enumerate(org.api_requests, start=1):
            expected = envelope(f"<urn:SessionHeader>{written.format(org.token(number))}</urn:SessionHeader>")
            assert body(request).decode() == expected
            assert header(request, "Content-Length") == str(len(expected))


def test_only_the_session_header_of_a_soap_body_is_rewritten(clock: FakeClock, caller: Caller) -> None:
    with RawOrg(http(200, "<a/>")) as org:
        content = envelope(SESSION_HEADER.format("x")).replace(
            "66.0</urn:asOfVersion>", "66.0</urn:asOfVersion><sessionId>a field of that name</sessionId>"
        )
        caller.send(raw_session(org, clock), "POST", SOAP_PATH, content=content, headers=SOAP)
        assert b"<sessionId>a field of that name</sessionId>" in body(org.api_requests[0])


def test_a_token_with_signs_of_xml_in_it_breaks_no_soap_body(clock: FakeClock, caller: Caller) -> None:
    with RawServer() as server:

        def answer(line: str, _request: bytes) -> bytes:
            return token_answer(server.url, "00D5g000004HfQr!a<b>&c\\1") if "oauth2" in line else http(200, "<a/>")

        server.answer = answer
        content = envelope(SESSION_HEADER.format("x"))
        caller.send(raw_session(server, clock), "POST", SOAP_PATH, content=content, headers=SOAP)
        assert rb"00D5g000004HfQr!a&lt;b&gt;&amp;c\1</urn:sessionId>" in body(server.requests[-1])


# --- never replayed --------------------------------------------------------------------------------------------------------

NO_SIGNAL: dict[str, tuple[int, str]] = {
    "500": (500, "<html></html>"),
    "500 with the words": (500, EXPIRED),
    "502": (502, EXPIRED),
    "503 with the words": (503, EXPIRED),
    "504": (504, ""),
    "403 API disabled": (403, '[{"errorCode":"API_DISABLED_FOR_ORG","message":"The REST API is not enabled"}]'),
    "403 limit": (403, '[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"TotalRequests Limit exceeded."}]'),
    "403 with the words": (403, EXPIRED),
    "403 of userinfo's kind": (403, "Bad_OAuth_Token"),
    "400": (400, '[{"errorCode":"MALFORMED_QUERY","message":"unexpected token"}]'),
    "400 with the words": (400, EXPIRED),
    "400 of Bulk 1's kind": (400, "<error><exceptionCode>InvalidSessionId</exceptionCode></error>"),
    "401 for another reason": (401, '[{"errorCode":"INVALID_AUTH_HEADER","message":"INVALID_HEADER_TYPE"}]'),
    "401 of a proxy": (401, "<html>Sign in</html>"),
    "404": (404, '[{"errorCode":"NOT_FOUND","message":"The requested resource does not exist"}]'),
    "429": (429, EXPIRED),
}


@pytest.mark.parametrize("name", NO_SIGNAL)
def test_what_is_no_expiry_is_neither_renewed_nor_replayed(
    session: orgkey.OrgSession, org: Org, caller: Caller, name: str
) -> None:
    status, text = NO_SIGNAL[name]
    org.faults.add("rest", status=status, body=text, times=None)
    answer = caller.send(session, "POST", "/services/data/v66.0/sobjects/Contact", json={"LastName": "Once"})
    assert answer.status_code == status
    assert answer.text == text
    assert (org.token_requests, org.log.total("rest")) == (1, 1)


OTHER_FAULTS: dict[str, tuple[str, int, str]] = {
    "a fault that quotes the words": (
        "SOAP",
        500,
        "<env:Fault><faultcode>env:Server</faultcode><faultstring>System.CalloutException: the other org said "
        "INVALID_SESSION_ID</faultstring></env:Fault>",
    ),
    "another fault": ("SOAP", 500, "<env:Fault><faultcode>sf:INVALID_TYPE</faultcode></env:Fault>"),
    "SOAP 401": ("SOAP", 401, "<faultcode>sf:INVALID_SESSION_ID</faultcode>"),
    "Bulk 1, another code": ("Bulk 1 XML", 400, "<error><exceptionCode>InvalidJob</exceptionCode></error>"),
    "Bulk 1, the words in the message": (
        "Bulk 1 XML",
        400,
        "<error><exceptionCode>InvalidBatch</exceptionCode><exceptionMessage>no field InvalidSessionId</exceptionMessage></error>",
    ),
    "Bulk 1, JSON, another code": (
        "Bulk 1 JSON",
        400,
        '{"exceptionCode":"InvalidBatch","exceptionMessage":"no field InvalidSessionId"}',
    ),
    "Bulk 1, 500": ("Bulk 1 XML", 500, "<exceptionCode>InvalidSessionId</exceptionCode>"),
    "userinfo 401": ("userinfo", 401, "Bad_OAuth_Token"),
    "userinfo, another 403": ("userinfo", 403, "Missing_OAuth_Token"),
}


@pytest.mark.parametrize("name", OTHER_FAULTS)
def test_each_surface_has_one_expiry_signal_and_no_other(clock: FakeClock, caller: Caller, name: str) -> None:
    surface, status, text = OTHER_FAULTS[name]
    with RawOrg(http(status, text)) as org:
        assert call(caller, raw_session(org, clock), SURFACES[surface]).status_code == status
        assert (org.token_requests, len(org.api_requests)) == (1, 1)


def test_a_session_that_is_not_for_the_rest_api_is_not_renewed(log_in: LogIn, org: Org, caller: Caller) -> None:
    session = log_in(org.create_app("No API", scopes={"id"}))
    answer = caller.send(session, "GET", QUERY)
    assert (answer.status_code, "not valid for use with the REST API" in answer.text) == (401, True)
    assert (org.token_requests, org.log.total("rest")) == (1, 1)


@pytest.mark.parametrize("name", ["SOAP", "Bulk 1 XML", "Bulk 1 JSON"])
def test_a_jwt_format_token_is_not_renewed_for_a_surface_that_takes_none(
    log_in: LogIn, org: Org, caller: Caller, name: str
) -> None:
    surface = SURFACES[name]
    session = log_in(org.create_app("JWT", token_format="jwt"))
    assert call(caller, session, surface).status_code == surface.refused_with
    assert (org.token_requests, org.log.total(surface.endpoint)) == (1, 1)


def test_a_jwt_format_token_is_renewed_for_rest(log_in: LogIn, org: Org, caller: Caller) -> None:
    session = log_in(org.create_app("JWT", token_format="jwt"))
    session.token()
    org.expire_sessions()
    assert caller.send(session, "GET", QUERY).status_code == 200
    assert org.token_requests == 2


@pytest.mark.parametrize("drop", ["before", "after", "midway"])
def test_a_call_that_broke_off_is_not_replayed(session: orgkey.OrgSession, org: Org, caller: Caller, drop: str) -> None:
    session.token()
    org.faults.add("rest", drop=drop)
    with pytest.raises(caller.library.TransportError):
        caller.send(session, "POST", "/services/data/v66.0/sobjects/Contact", json={"LastName": "Once"})
    assert (org.token_requests, org.log.total("rest")) == (1, 1)


def test_a_call_that_timed_out_is_not_replayed(session: orgkey.OrgSession, org: Org, caller: Caller) -> None:
    session.token()
    org.faults.add("rest", delay=1.0)
    with pytest.raises(caller.library.ReadTimeout) as failure:
        caller.send(session, "POST", "/services/data/v66.0/sobjects/Contact", json={"LastName": "Once"}, timeout=0.15)
    assert org.token_requests == 1
    assert org.faults.as_list() == []  # one call came
    assert session.token().reveal() not in leaks.shown(failure.value)


@pytest.mark.parametrize("name", SURFACES)
def test_a_call_is_replayed_once_at_most(session: orgkey.OrgSession, org: Org, caller: Caller, name: str) -> None:
    surface = SURFACES[name]
    assert call(caller, session, surface).is_success
    signal = {401: EXPIRED, 400: "<exceptionCode>InvalidSessionId</exceptionCode>", 403: "Bad_OAuth_Token"}
    signal[500] = "<soapenv:Fault><faultcode>sf:INVALID_SESSION_ID</faultcode></soapenv:Fault>"
    if name == "Bulk 1 JSON":
        signal[400] = '{"exceptionCode":"InvalidSessionId","exceptionMessage":"Invalid session id"}'
    org.faults.add(surface.endpoint, status=surface.refused_with, body=signal[surface.refused_with], times=None)
    org.clear_log()
    assert call(caller, session, surface).status_code == surface.refused_with
    assert (org.token_requests, org.log.total(surface.endpoint)) == (1, 2)
    # The new token was never accepted: nothing more is asked for a while.
    for _ in range(20):
        with pytest.raises(CoolingDown):
            call(caller, session, surface)
    assert (org.token_requests, org.log.total(surface.endpoint)) == (1, 2)


def test_an_api_that_rejects_every_token_is_not_stormed(clock: FakeClock, caller: Caller) -> None:
    with RawOrg(http(401, EXPIRED)) as org:
        session = raw_session(org, clock)
        for _ in range(100):
            with suppress(TokenRequestError):
                assert caller.send(session, "GET", QUERY).status_code == 401
            clock.advance(0.1)  # ten seconds altogether
        assert org.token_requests <= 4


# --- bodies ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        {"json": {"LastName": "Ada", "Text": "\u00e9"}},
        {"content": b"raw bytes"},
        {"content": "text \u00e9"},
        {"data": {"a": "1", "b": "2"}},
        {"files": {"a": ("a.txt", b"bytes", "text/plain")}},
        {"files": {"a": "text"}, "data": {"b": "2"}},
        {},
    ],
)
def test_a_body_in_memory_is_sent_twice_the_same(clock: FakeClock, caller: Caller, arguments: dict[str, Any]) -> None:
    with RawOrg() as org:
        org.api = lambda _line, _request: http(401, EXPIRED) if len(org.api_requests) == 1 else http(201, "{}")
        answer = caller.send(raw_session(org, clock), "POST", "/services/apexrest/orders", **arguments)
        assert answer.status_code == 201
        first, second = org.api_requests
        assert body(first) == body(second)
        assert header(first, "Content-Length") == header(second, "Content-Length")
        assert header(second, "Authorization") == f"Bearer {org.token(2)}"


@pytest.mark.parametrize("kind", ["memory", "file"])
def test_the_files_of_a_multipart_body_are_rewound(clock: FakeClock, caller: Caller, tmp_path: Path, kind: str) -> None:
    content = b"0123456789" * 20_000
    path = tmp_path / "upload.bin"
    path.write_bytes(content)
    with RawOrg() as org, path.open("rb") as opened:
        org.api = lambda _line, _request: http(401, EXPIRED) if len(org.api_requests) == 1 else http(201, "{}")
        file = io.BytesIO(content) if kind == "memory" else opened
        files = {"entity": (None, b'{"Title": "x"}', "application/json"), "VersionData": ("x.bin", file)}
        answer = caller.send(
            raw_session(org, clock), "POST", "/services/data/v66.0/sobjects/ContentVersion", files=files
        )
        assert answer.status_code == 201
        first, second = org.api_requests
        assert content in body(first)
        assert body(first) == body(second)


class Pipe(io.RawIOBase):
    """A file that is read once."""

    def __init__(self, content: bytes) -> None:
        self._content = io.BytesIO(content)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def read(self, size: int = -1) -> bytes:
        return self._content.read(size)


def spent_once(caller: Caller, tmp_path: Path) -> dict[str, Callable[[], dict[str, Any]]]:
    path = tmp_path / "body"
    path.write_bytes(b"a body in a file")
    made: dict[str, Callable[[], dict[str, Any]]] = {
        "an iterator": lambda: {"content": caller.one_shot(b"a", b"b")},
        "a pipe in multipart": lambda: {"files": {"a": ("a", Pipe(b"content"))}},
    }
    if not caller.asynchronous:
        made["a file"] = lambda: {"content": path.open("rb")}
        made["a list"] = lambda: {"content": iter([b"a", b"b"])}
    return made


@pytest.mark.parametrize("kind", ["an iterator", "a pipe in multipart", "a file", "a list"])
def test_a_body_that_is_spent_is_not_replayed_and_the_token_is_renewed(
    session: orgkey.OrgSession, org: Org, caller: Caller, tmp_path: Path, kind: str
) -> None:
    bodies = spent_once(caller, tmp_path)
    if kind not in bodies:
        pytest.skip("this client takes no such body")
    session.token()
    org.expire_sessions()
    arguments = bodies[kind]()
    answer = caller.send(session, "POST", "/services/apexrest/orders", **arguments)
    assert (answer.status_code, answer.text) == (401, EXPIRED)
    assert org.log.total("apexrest") == 1
    assert org.token_requests == 2
    assert caller.send(session, "GET", QUERY).status_code == 200
    assert org.token_requests == 2
    if hasattr(arguments.get("content"), "close"):
        arguments["content"].close()


def test_a_spent_body_costs_one_token_request_each_time_at_most(
    session: orgkey.OrgSession, org: Org, caller: Caller
) -> None:
    for _ in range(5):
        with suppress(TokenRequestError):
            session.token()
            org.expire_sessions()
            caller.send(session, "POST", "/services/apexrest/orders", content=caller.one_shot(b"{}"))
    assert org.token_requests <= 3  # a fresh token that was rejected before it worked starts a cool-down


# --- streams ---------------------------------------------------------------------------------------------------------------


def test_a_streamed_answer_is_never_read_for_its_caller(clock: FakeClock, caller: Caller) -> None:
    seen = threading.Event()

    def stream(_line: str, _request: bytes) -> Iterator[bytes]:
        yield http(200, b"", length=10)
        yield b"first"
        assert seen.wait(10), "the answer was read before its caller had it"
        yield b"-more"

    with RawOrg(stream) as org:
        session = raw_session(org, clock)
        url = session.instance_url + QUERY

        def read() -> bytes:
            with caller.client(session, timeout=3.0) as client, client.stream("GET", url) as answer:
                assert not answer.is_stream_consumed
                seen.set()
                return bytes(answer.read())

        async def read_async() -> bytes:
            async with caller.client(session, timeout=3.0) as client, client.stream("GET", url) as answer:
                assert not answer.is_stream_consumed
                seen.set()
                return bytes(await answer.aread())

        assert (asyncio.run(read_async()) if caller.asynchronous else read()) == b"first-more"


def test_a_streamed_call_is_renewed_and_replayed_too(session: orgkey.OrgSession, org: Org, caller: Caller) -> None:
    session.token()
    org.expire_sessions()
    url = session.instance_url + QUERY

    def read() -> tuple[int, bytes]:
        with caller.client(session) as client, client.stream("GET", url) as answer:
            return answer.status_code, answer.read()

    async def read_async() -> tuple[int, bytes]:
        async with caller.client(session) as client, client.stream("GET", url) as answer:
            return answer.status_code, await answer.aread()

    status, content = asyncio.run(read_async()) if caller.asynchronous else read()
    assert status == 200
    assert b"totalSize" in content


# --- hosts -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def evil() -> Iterator[RawServer]:
    """Another host on this machine, which claims that sessions expired."""
    with RawServer(http(401, EXPIRED), host="127.0.0.2") as server:
        yield server


def bare(request: bytes) -> bool:
    """Whether nothing secret is in a request."""
    secrets = [RawOrg.token(number).encode() for number in (1, 2, 3)]
    return header(request, "Authorization") is None and not any(secret in request for secret in secrets)


@pytest.mark.parametrize("name", SURFACES)
def test_a_call_to_another_host_goes_out_bare(clock: FakeClock, caller: Caller, evil: RawServer, name: str) -> None:
    surface = SURFACES[name]
    with RawOrg() as org:
        session = raw_session(org, clock)
        arguments = {} if surface.content is None else {"content": surface.content}
        answer = caller.send(session, surface.method, evil.url + surface.path, headers=surface.headers, **arguments)
        assert answer.status_code == 401
        assert [bare(request) for request in evil.requests] == [True]
        assert org.token_requests <= 1


@pytest.mark.parametrize("url", ["http://127.0.0.1:{other}", "https://127.0.0.1:{port}", "http://localhost:{port}"])
def test_another_port_scheme_or_name_is_another_host(clock: FakeClock, caller: Caller, url: str) -> None:
    with RawOrg(http(200, "{}")) as org, RawServer(http(200, "{}")) as other:
        session = raw_session(org, clock)
        session.token()
        with suppress(caller.library.TransportError):
            caller.send(session, "GET", url.format(port=org.port, other=other.port) + QUERY, timeout=0.5)
        assert all(bare(request) for request in [*other.requests, *org.api_requests])


@pytest.mark.parametrize("status", [302, 307])
@pytest.mark.parametrize("name", ["REST", "Bulk 1 XML", "SOAP", "userinfo"])
def test_a_redirect_to_another_host_carries_nothing(
    clock: FakeClock, caller: Caller, evil: RawServer, name: str, status: int
) -> None:
    surface = SURFACES[name]
    with RawOrg(http(status, location=evil.url + surface.path)) as org:
        session = raw_session(org, clock)
        arguments = {} if surface.content is None else {"content": surface.content}
        with suppress(UntrustedHost):
            caller.send(
                session, surface.method, surface.path, headers=surface.headers, follow_redirects=True, **arguments
            )
        assert [request for request in evil.requests if not bare(request)] == []
        # What another host says about a session is no reason to renew one.
        assert (org.token_requests, len(org.api_requests)) == (1, 1)
        assert len(evil.requests) <= 1


@pytest.mark.parametrize("status", [307, 308])
def test_a_session_id_in_a_soap_body_does_not_follow_a_redirect(
    clock: FakeClock, caller: Caller, evil: RawServer, status: int
) -> None:
    with RawOrg(http(status, location=evil.url + SOAP_PATH)) as org:
        content = envelope(SESSION_HEADER.format("x"))
        with pytest.raises(UntrustedHost, match="redirect") as refusal:
            caller.send(
                raw_session(org, clock), "POST", SOAP_PATH, content=content, headers=SOAP, follow_redirects=True
            )

        assert org.token(1) not in leaks.shown(refusal.value)


def test_a_redirect_within_the_org_is_followed_with_the_token(clock: FakeClock, caller: Caller) -> None:
    with RawOrg() as org:
        org.api = lambda line, _request: (
            http(200, "{}") if "there" in line else http(307, location="/services/data/there")
        )
        answer = caller.send(raw_session(org, clock), "GET", "/services/data/here", follow_redirects=True)
        assert answer.status_code == 200
        assert header(org.api_requests[1], "Authorization") == f"Bearer {org.token(1)}"
        assert org.token_requests == 1


@pytest.mark.parametrize("library", ["httpx", "httpx2"])
def test_netrc_does_not_win(clock: FakeClock, library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "given" / "netrc"
    netrc.parent.mkdir()
    netrc.write_text("machine 127.0.0.1 login someone password canary-netrc-0123456789abcdef\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with RawOrg(http(200, "{}")) as org:
        Caller(library, "Client").send(raw_session(org, clock), "GET", QUERY)
        assert header(org.api_requests[0], "Authorization") == f"Bearer {org.token(1)}"


# --- an org that moved -----------------------------------------------------------------------------------------------------


def test_an_org_that_moved_is_followed_at_the_local_salesforce(
    session: orgkey.OrgSession, org: Org, caller: Caller
) -> None:
    old = session.instance_url
    org.move_instance()
    assert caller.send(session, "GET", old + QUERY).status_code == 200
    assert session.instance_url == org.instance_url != old
    assert org.token_requests == 2


class Movers:
    """A login host, and an org that is at ``old`` until its second login, then at ``new``."""

    def __init__(self, failing: int = 0) -> None:
        self.old = RawServer(http(401, EXPIRED), host="127.0.0.2")
        self.new = RawServer(http(200, "{}"), host="127.0.0.3")
        self.login = RawServer(self._answer)
        self.failing = failing

    def __enter__(self) -> Self:
        for server in (self.old, self.new, self.login):
            server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        for server in (self.old, self.new, self.login):
            server.__exit__()

    def _answer(self, _line: str, _request: bytes) -> bytes:
        number = len(self.login.requests)
        if 1 < number <= 1 + self.failing:
            return http(400, '{"error":"invalid_grant","error_description":"inactive organization"}')
        return token_answer((self.old if number == 1 else self.new).url, RawOrg.token(number))


def test_an_org_that_moved_is_followed_by_clients_of_the_old_address(clock: FakeClock, caller: Caller) -> None:
    with Movers() as org:
        session = raw_session(org.login, clock)
        url = session.instance_url + QUERY
        assert url.startswith(org.old.url)
        for _ in range(3):
            assert caller.send(session, "GET", url).status_code == 200
        assert (len(org.login.requests), len(org.old.requests), len(org.new.requests)) == (2, 1, 3)
        assert {header(request, "Host") for request in org.new.requests} == {f"127.0.0.3:{org.new.port}"}
        assert {header(request, "Authorization") for request in org.new.requests} == {f"Bearer {RawOrg.token(2)}"}


@pytest.mark.parametrize("way", ["time", "reset"])
def test_an_org_that_moved_while_logins_failed_is_followed_too(clock: FakeClock, caller: Caller, way: str) -> None:
    with Movers(failing=1) as org:
        session = raw_session(org.login, clock)
        url = session.instance_url + QUERY
        with pytest.raises(TokenRequestError):
            caller.send(session, "GET", url)
        clock.advance(5)
        if way == "reset":
            session.reset()
        assert caller.send(session, "GET", url).status_code == 200
        assert len(org.new.requests) == 1


# --- failures --------------------------------------------------------------------------------------------------------------


def test_a_failed_login_is_raised_out_of_the_call_with_its_diagnosis(
    session: orgkey.OrgSession, org: Org, caller: Caller
) -> None:
    org.refuse_next("user_not_approved")
    url = org.instance_url + QUERY
    with pytest.raises(TokenRequestError) as failure:
        caller.send(session, "GET", url)
    assert failure.value.diagnosis.cause.id == "USER_NOT_APPROVED"
    assert org.log.total("rest") == 0


@pytest.mark.parametrize("library", ["httpx", "httpx2"])
def test_a_failed_renewal_leaves_no_connection_behind(session: orgkey.OrgSession, org: Org, library: str) -> None:
    caller = Caller(library, "Client")
    limits = caller.library.Limits(max_connections=1)
    with caller.client(session, base_url=session.instance_url, limits=limits, timeout=2.0) as client:
        for _ in range(3):
            session.token()
            org.expire_sessions()
            org.refuse_next("user_not_approved")
            with pytest.raises(TokenRequestError), client.stream("GET", QUERY):
                pass
            session.reset()
        assert client.get(QUERY).status_code == 200


def test_a_call_that_is_not_accepted_keeps_its_answer(log_in: LogIn, org: Org, caller: Caller) -> None:
    session = log_in(org.create_app("No API", scopes={"id"}))
    answer = caller.send(session, "GET", QUERY)
    assert answer.json()[0]["errorCode"] == "INVALID_SESSION_ID"
