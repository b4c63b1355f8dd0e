"""The token endpoint says anything at all: always a typed error within its bounds, never a leak, a hang or a crash."""

from __future__ import annotations

import gzip
import json
import time
import zlib
from typing import TYPE_CHECKING, Any

import leaks
import pytest
from fake_clock import EPOCH, FakeClock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from raw_server import ORG_ID, USER_ID, RawServer, http, token_answer

import orgkey
from orgkey.errors import TokenAnswerRefused, TokenEndpointUnreachable, TokenRequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

CLIENT_SECRET = "canary-client-secret-0123456789abcdef"
TOTAL = 1.0  # seconds


@pytest.fixture(scope="module", params=["httpx", "requests"], autouse=True)
def library(request: pytest.FixtureRequest) -> Iterator[str]:
    """What all of this holds for; httpx2 is httpx here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ORGKEY_HTTP", request.param)
        yield request.param


@pytest.fixture(scope="module")
def server() -> Iterator[RawServer]:
    with RawServer() as server:
        yield server


def new_session(server: RawServer, **limits: float) -> orgkey.OrgSession:
    grant = orgkey.ClientCredentials("3MVG9.agent", CLIENT_SECRET)
    # As a client of its own would: seconds are few, since the server is beside us.
    settings = orgkey.HTTPSettings(**{"connect": 1.0, "read": 1.0, "total": TOTAL, **limits})  # type: ignore[arg-type]
    options = orgkey.SessionOptions(allow_loopback_http=True, attempts=1, http=settings)
    return orgkey.OrgSession(grant, server.url, options, clock=FakeClock())


def refusal(server: RawServer, answer: Any, **limits: float) -> TokenRequestError:
    """The typed error that ``answer`` ends in, after the checks that hold for every error."""
    server.answer = answer
    session = new_session(server, **limits)
    started = time.monotonic()
    with pytest.raises(TokenRequestError) as caught:
        session.token()
    assert time.monotonic() - started < limits.get("total", TOTAL) + 1.0
    error = caught.value
    text = str(error)
    assert text.encode()  # it can be printed anywhere
    assert len(text) < 5_000
    assert "\x1b" not in text
    assert error.diagnosis.cause.id in text
    assert CLIENT_SECRET not in leaks.shown(error)
    assert session.failure is not None
    return error


def cause(error: TokenRequestError) -> str:
    return error.diagnosis.cause.id


# --- hypothesis ----------------------------------------------------------------------------------------------------------

FUZZ = settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
FIELDS = [
    "access_token",
    "instance_url",
    "id",
    "issued_at",
    "scope",
    "token_type",
    "refresh_token",
    "error",
    "error_description",
]
STATUSES = st.sampled_from([200, 201, 204, 206, 299, 400, 401, 403, 404, 418, 429, 500, 502, 503, 599])


def token_or_typed_error(server: RawServer, answer: Any) -> None:
    server.answer = answer
    session = new_session(server)
    try:
        token = session.token()
    except TokenRequestError as error:
        texts = [str(error), leaks.shown(error)]
        assert all(text.encode() and CLIENT_SECRET not in text for text in texts)
        return
    assert token.reveal()
    assert (len(token.org_id), len(token.user_id)) == (18, 18)
    assert token.instance.is_loopback or token.instance.scheme == "https"


@FUZZ
@given(st.binary(max_size=2_000))
def test_any_bytes_in_place_of_an_answer(server: RawServer, data: bytes) -> None:
    refusal(server, data)


@FUZZ
@given(STATUSES, st.binary(max_size=2_000))
def test_any_bytes_as_a_body(server: RawServer, status: int, body: bytes) -> None:
    token_or_typed_error(server, http(status, body))


@FUZZ
@given(STATUSES, JSON)
def test_any_json_as_a_body(server: RawServer, status: int, value: Any) -> None:
    token_or_typed_error(server, http(status, json.dumps(value)))


@FUZZ
@given(STATUSES, st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_any_json_in_the_known_fields(server: RawServer, status: int, fields: dict[str, Any]) -> None:
    sound = {"access_token": f"{ORG_ID}!x", "instance_url": server.url, "id": f"https://x/id/{ORG_ID}/{USER_ID}"}
    token_or_typed_error(server, http(status, json.dumps(sound | fields)))


@FUZZ
@given(st.text(max_size=300), st.text(max_size=300))
def test_any_error_and_description(server: RawServer, error: str, description: str) -> None:
    body = json.dumps({"error": error, "error_description": description})
    found = refusal(server, http(400, body))
    assert found.status == 400
    assert len(found.error) <= 500
    assert len(found.error_description) <= 500


@FUZZ
@given(st.text(max_size=200))
def test_any_access_token(server: RawServer, token: str) -> None:
    server.answer = token_answer(server.url, access_token=token)
    session = new_session(server)
    if token and token.isascii() and token.isprintable():
        assert session.token().reveal() == token
    else:
        with pytest.raises(TokenAnswerRefused):
            session.token()


@FUZZ
@given(st.integers(0, 400))
def test_an_answer_that_is_cut_off_anywhere(server: RawServer, at: int) -> None:
    whole = token_answer(server.url)
    refusal(server, whole[: min(at, len(whole) - 1)])


@FUZZ
@given(st.binary(max_size=80), st.binary(max_size=300))
def test_any_header(server: RawServer, name: bytes, value: bytes) -> None:
    body = b'{"error":"invalid_grant"}'
    head = b"HTTP/1.1 400 Bad\r\n" + name + b": " + value + b"\r\nContent-Length: %d\r\n\r\n" % len(body)
    refusal(server, head + body)


@settings(max_examples=500)
@given(st.text(max_size=60))
def test_any_date_header_is_read_or_ignored(date: str) -> None:
    from orgkey.wire import Answer

    skew = Answer(200, {"date": date}, b"", EPOCH).clock_skew
    assert skew is None or isinstance(skew, float)


# --- by name -------------------------------------------------------------------------------------------------------------

UNUSABLE: dict[str, bytes] = {
    "nothing": http(200),
    "a page": http(200, "<html><h1>Hotel WiFi: sign in</h1></html>", content_type="text/html"),
    "half of JSON": http(200, '{"access_token": "00D'),
    "a list": http(200, "[]"),
    "a number": http(200, "7"),
    "null": http(200, "null"),
    "no token": token_answer("https://acme.my.salesforce.com", access_token=None),
    "an empty token": token_answer("https://acme.my.salesforce.com", access_token=""),
    "a token that is a number": token_answer("https://acme.my.salesforce.com", access_token=7),
    "a token with a line end": token_answer("https://acme.my.salesforce.com", access_token="00D!x\r\nX-Injected: 1"),
    "a token with a null": token_answer("https://acme.my.salesforce.com", access_token="00D!x\0"),
    "a token beyond ASCII": token_answer("https://acme.my.salesforce.com", access_token="00D!\u00e9"),
    "half a character": token_answer("https://acme.my.salesforce.com", access_token="00D!\ud800"),
    "no identity": token_answer("https://acme.my.salesforce.com", id=None),
    "an identity of nobody": token_answer("https://acme.my.salesforce.com", id="https://login.salesforce.com/id/"),
    "an identity in a list": token_answer("https://acme.my.salesforce.com", id=[]),
    "deep nesting": http(200, "[" * 100_000 + "]" * 100_000),
    "deep nesting of objects": http(200, '{"a":' * 40_000 + "1" + "}" * 40_000),
    "a number of a million digits": http(200, '{"issued_at":' + "9" * 200_000 + "}"),
    "another encoding": http(200, "{}".encode("utf-16")),
    "bytes that are no text": http(200, b'{"access_token": "\xff\xfe"}'),
    "an error that is half a character": http(400, '{"error": "\\ud800", "error_description": "\\udfff"}'),
    "an error in colour": http(400, json.dumps({"error": "\x1b[31minvalid", "error_description": "\x1b[2J\x07"})),
    "an error of many lines": http(400, json.dumps({"error": "a\n" * 1_000, "error_description": "b\n" * 1_000})),
    "a content type in colour": http(200, "x", content_type="text/\x1b[31mhtml"),
    "a content type of 20 KB": http(200, "x", content_type="text/" + "h" * 20_000),
}


@pytest.mark.parametrize("shape", UNUSABLE)
def test_each_unusable_answer_is_refused_in_few_printable_words(server: RawServer, shape: str) -> None:
    refusal(server, UNUSABLE[shape])


@pytest.mark.parametrize("shape", [shape for shape in UNUSABLE if "error" not in shape])
def test_what_is_no_answer_of_a_token_endpoint_is_called_so(server: RawServer, shape: str) -> None:
    error = refusal(server, UNUSABLE[shape])
    assert isinstance(error, TokenAnswerRefused)
    assert cause(error) == "TOKEN_ANSWER_UNUSABLE"


HOSTILE_INSTANCES = [
    "https://evil.example",
    "https://evilsalesforce.com",
    "https://acme.my.salesforce.com.evil.example",
    "http://acme.my.salesforce.com",
    "https://acme.my.salesforce.com:8443",
    "https://user:pass@acme.my.salesforce.com",
    "https://acme.my.salesforce.com@evil.example",
    "https://evil.example\\@acme.my.salesforce.com",
    "https://acme.my.salesforce.com\r\nHost: evil.example",
    "//evil.example",
    "javascript:alert(1)",
    "https://169.254.169.254",
    "ftp://acme.my.salesforce.com",
    "https://[::ffff:10.0.0.1]",
    "acme.my.salesforce.com",
    "",
    None,
    7,
    ["https://acme.my.salesforce.com"],
    "https://" + "a" * 200_000 + ".salesforce.com",
]


@pytest.mark.parametrize("url", HOSTILE_INSTANCES, ids=lambda url: repr(url)[:60])
def test_a_hostile_instance_url_is_refused_by_name(server: RawServer, url: object) -> None:
    error = refusal(server, token_answer("", instance_url=url))
    assert isinstance(error, TokenAnswerRefused)
    assert cause(error) == "UNTRUSTED_INSTANCE_URL"
    assert "instance_url" in str(error)
    assert error.permanent


def test_this_machine_is_no_instance_of_a_real_org() -> None:
    from orgkey.endpoint import read_token
    from orgkey.org import HostRules
    from orgkey.wire import Answer

    rules = HostRules(allow_loopback_http=True)
    login = rules.origin("https://acme.my.salesforce.com")
    body = token_answer("http://127.0.0.1:8080").partition(b"\r\n\r\n")[2]
    with pytest.raises(TokenAnswerRefused) as caught:
        read_token(Answer(200, {}, body, EPOCH), orgkey.ClientCredentials("x", "y"), login, rules)
    assert cause(caught.value) == "UNTRUSTED_INSTANCE_URL"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1800000000123", 1_800_000_000.123),
        (1_800_000_000_123, 1_800_000_000.123),
        (None, EPOCH),
        ("", EPOCH),
        ("soon", EPOCH),
        ("-5", EPOCH),
        (True, EPOCH),
        ("\u0661\u0662", EPOCH),
        ("9" * 4_000, EPOCH),
        (1.5, EPOCH),
    ],
)
def test_the_time_of_issue_is_read_or_taken_from_here(server: RawServer, value: object, expected: float) -> None:
    server.answer = token_answer(server.url, issued_at=value)
    assert new_session(server).token().issued_at == pytest.approx(expected)


def test_unknown_fields_are_ignored(server: RawServer) -> None:
    server.answer = token_answer(server.url, expires_in=7200, sfdc_community_url="x", nested={"access_token": "y"})
    assert new_session(server).token().generation == 1


# --- size and time -------------------------------------------------------------------------------------------------------


def chunked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    for piece in pieces:
        yield b"%x\r\n%s\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"


TEN_MB = b"x" * 10_000_000


@pytest.mark.parametrize(
    "answer",
    [
        http(200, TEN_MB),
        http(400, TEN_MB),
        http(200, b'{"a":"' + TEN_MB + b'"}'),
        http(200, b"", length=10**15) + TEN_MB,
        lambda _line, _request: chunked(TEN_MB[:65536] for _ in range(160)),
        b"HTTP/1.1 200 OK\r\n\r\n" + TEN_MB,
    ],
    ids=["length", "error", "JSON", "a lie", "chunked", "no length"],
)
def test_ten_megabytes_are_not_read(server: RawServer, answer: Any) -> None:
    error = refusal(server, answer)
    assert cause(error) == "TOKEN_ANSWER_UNUSABLE"
    assert "larger than 256 KiB" in str(error)


def bomb(coding: str) -> bytes:
    packed = gzip.compress(bytes(50_000_000), 1) if coding == "gzip" else zlib.compress(bytes(50_000_000), 1)
    return http(200, packed, content_encoding=coding)


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_compressed_answer_is_not_unpacked(server: RawServer, coding: str) -> None:
    error = refusal(server, bomb(coding))
    assert cause(error) == "TOKEN_ANSWER_UNUSABLE"
    assert coding in str(error)


def test_no_compression_is_asked_for(server: RawServer) -> None:
    server.answer = token_answer(server.url)
    new_session(server).token()
    assert b"accept-encoding: identity" in server.requests[-1].lower()


def drip(server: RawServer, data: bytes) -> Callable[[str, bytes], Iterator[bytes]]:
    """One byte at a time, always in time for the limit on reading."""

    def answer(_line: str, _request: bytes) -> Iterator[bytes]:
        for at in range(len(data)):
            yield data[at : at + 1]
            server.pause(0.05)

    return answer


def endless(server: RawServer, head: bytes, more: bytes) -> Callable[[str, bytes], Iterator[bytes]]:
    def answer(_line: str, _request: bytes) -> Iterator[bytes]:
        yield head
        for _ in range(200):  # four seconds: for ever, as limits here go
            yield more
            server.pause(0.02)

    return answer


SLOW: dict[str, Callable[[RawServer], Any]] = {
    "the status line": lambda server: drip(server, http(200, "{}")),
    "headers": lambda server: endless(server, b"HTTP/1.1 200 OK\r\n", b"X-More: yes\r\n"),
    "one header": lambda server: endless(server, b"HTTP/1.1 200 OK\r\nX-More: ", b"x"),
    "the body": lambda server: endless(server, http(200, b"", length=100_000), b"x"),
    "chunks": lambda server: endless(server, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "a chunk's length": lambda server: endless(server, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0"),
    "trailers": lambda server: endless(
        server, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X-More: yes\r\n"
    ),
    "promises of more": lambda server: endless(server, b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "early hints": lambda server: endless(server, b"", b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"),
    "blank lines": lambda server: endless(server, b"", b"\r\n"),
    "silence": lambda server: endless(server, b"", b""),
}


@pytest.mark.parametrize("where", SLOW)
def test_a_slow_drip_ends_at_the_total_limit(server: RawServer, library: str, where: str) -> None:
    error = refusal(server, SLOW[where](server), total=0.3)
    if library == "requests" and where == "early hints":
        return  # Python's http.client takes them for the answer
    if where not in {"a chunk's length", "blank lines"}:  # which are no HTTP, and may be seen as such before
        assert isinstance(error, TokenEndpointUnreachable)
        assert cause(error) == "ENDPOINT_UNREACHABLE_TIMEOUT"


@pytest.mark.parametrize(
    "piece", [b"HTTP/1.1 100 Continue\r\n\r\n", b"X: y\r\n", b"\0", b"\r\n", b"HTTP/1.1 200 OK\r\n"]
)
def test_a_flood_ends_as_well(server: RawServer, piece: bytes) -> None:
    def flood(_line: str, _request: bytes) -> Iterator[bytes]:
        while True:
            yield piece * 2_000

    refusal(server, flood, total=0.3)


def test_silence_ends_at_the_limit_on_reading(server: RawServer) -> None:
    started = time.monotonic()
    error = refusal(server, SLOW["silence"](server), read=0.3, total=20.0)
    assert time.monotonic() - started < 3.0
    assert cause(error) == "ENDPOINT_UNREACHABLE_TIMEOUT"


def test_a_description_that_is_slow_to_search_is_not_searched_long(server: RawServer) -> None:
    refusal(server, http(400, json.dumps({"error": "invalid_grant", "error_description": "eyJ-" * 30_000})))


# --- redirects -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308, 399])
def test_credentials_follow_no_redirect(server: RawServer, status: int) -> None:
    with RawServer(token_answer(server.url)) as elsewhere:
        error = refusal(server, http(status, location=f"{elsewhere.url}/services/oauth2/token"))
        assert elsewhere.requests == []
    assert cause(error) == "TOKEN_ENDPOINT_REDIRECT"
    assert error.status == status
    assert elsewhere.url in str(error)


@pytest.mark.parametrize("status", [301, 307])
def test_a_redirect_on_the_same_host_is_not_followed_either(server: RawServer, status: int) -> None:
    before = len(server.requests)
    refusal(server, http(status, location="/services/oauth2/token"))
    assert len(server.requests) == before + 1


def test_a_redirect_to_nowhere_is_survived(server: RawServer) -> None:
    assert cause(refusal(server, http(302))) == "TOKEN_ENDPOINT_REDIRECT"
