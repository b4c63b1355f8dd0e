"""Token requests go by requests, as simple-salesforce's logins do: through the session that a program hands in."""

from __future__ import annotations

import json

import pytest
import requests
import responses
from raw_server import RawServer, header, token_answer
from requests.adapters import HTTPAdapter

import orgkey
from orgkey_simple_salesforce import LoginFailed, LoginNotConfigured, Salesforce, SalesforceLogin

TOKEN_PATH = "/services/oauth2/token"  # a path


class Noting(HTTPAdapter):
    """Remembers what it was given to send, and how."""

    def __init__(self):
        super().__init__()
        self.requests = []
        self.settings = []

    def send(self, request, **settings):
        self.requests.append(request)
        self.settings.append(settings)
        return super().send(request, **settings)

    def token_requests(self):
        return [request for request in self.requests if request.url.endswith(TOKEN_PATH)]


@pytest.fixture
def own():
    return requests.Session()


@pytest.fixture
def noting(own):
    adapter = Noting()
    own.mount("http://", adapter)
    own.mount("https://", adapter)
    return adapter


@pytest.fixture
def given(app, monkeypatch):
    """The arguments of a Client Credentials login."""
    monkeypatch.setenv("ORGKEY_ALLOW_LOOPBACK_HTTP", "1")
    return {"consumer_key": app.client_id, "consumer_secret": app.client_secret, "domain": app.org.login_url}


@pytest.fixture
def maintenance(given, org):
    """The same, while the endpoint answers with a page."""
    org.faults.add("token", status=503, body="<html>maintenance</html>", times=None)
    return given


def test_a_mounted_adapter_sees_logins_and_renewals(given, own, noting, org):
    sf = Salesforce(**given, session=own)
    org.expire_sessions()
    assert sf.limits()
    assert len(noting.token_requests()) == 2


def test_a_login_function_takes_the_session_too(given, own, noting):
    SalesforceLogin(**given, session=own)
    assert len(noting.token_requests()) == 1


def test_certificate_verify_and_proxies_hold(given, own, noting, monkeypatch, tmp_path):
    for bundle in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(bundle, raising=False)  # which replaces a session's verify, as for all of its requests
    certificate = tmp_path / "client.pem"
    certificate.touch()
    own.cert, own.verify, own.proxies = str(certificate), False, {"http://127.0.0.9": "http://127.0.0.1:9"}
    Salesforce(**given, session=own)
    settings = noting.settings[0]
    assert settings["cert"] == own.cert
    assert settings["verify"] is False
    assert settings["proxies"]["http://127.0.0.9"] == "http://127.0.0.1:9"
    assert settings["timeout"] == (5.0, 20.0)


def test_proxies_as_an_argument_hold_for_each_scheme(given):
    with pytest.raises(LoginFailed) as failure:
        Salesforce(**given, proxies={"http": "http://127.0.0.1:9"})
    assert failure.value.code == "ENDPOINT_UNREACHABLE_PROXY"


def test_a_ca_file_of_the_settings_holds_beside_proxies(world, org, app, monkeypatch):
    monkeypatch.setenv("SALESFORCE_CA_FILE", str(world.ca_file))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/bundle.pem")
    arguments = {"consumer_key": app.client_id, "consumer_secret": app.client_secret, "domain": org.my_domain}
    assert Salesforce(**arguments, proxies={"https": world.proxy_url}).limits()


def test_what_mocks_requests_mocks_logins(app, own):
    url = f"https://acme.my.salesforce.com{TOKEN_PATH}"
    answer = {
        "access_token": "00D000000000001!mocked",
        "instance_url": "https://acme.my.salesforce.com",
        "id": "https://login.salesforce.com/id/00D000000000001AAA/005000000000001AAA",
        "token_type": "Bearer",
    }
    jwt = {"username": "agent@acme.example", "consumer_key": app.client_id, "privatekey": app.private_key_pem}
    with responses.RequestsMock() as mocked:
        mocked.post(url, json=answer)
        for session in (own, None):
            sf = Salesforce(**jwt, domain="acme.my", session=session)
            assert (sf.session_id, sf.sf_instance) == (answer["access_token"], "acme.my.salesforce.com")
        assert [call.request.url for call in mocked.calls] == [url] * 2


def test_response_hooks_see_logins(given, own):
    seen = []
    own.hooks = {"response": lambda response, *_, **__: seen.append(response.url)}
    Salesforce(**given, session=own)
    assert [url for url in seen if url.endswith(TOKEN_PATH)]


def test_a_hook_that_raises_for_errors_leaves_the_diagnosis(given, own):
    own.hooks["response"].append(lambda response, *_, **__: response.raise_for_status())
    with pytest.raises(LoginFailed) as failure:
        Salesforce(**given | {"consumer_secret": "wrong"}, session=own)
    assert failure.value.code == "invalid_client"


@pytest.mark.parametrize(
    ("hook", "proxies"),
    [
        (lambda response, *_, **__: response.json(), {}),
        (lambda response, *_, **__: json.loads(response.text), {}),
        (lambda response, *_, **__: json.loads(response.text), {"https": "http://127.0.0.1:9"}),
        (lambda response, *_, **__: response.raise_for_status(), {}),
        (lambda *_, **__: requests.get("http://127.0.0.1:9", timeout=1), {}),
    ],
    ids=["json", "loads", "loads, with proxies", "raise_for_status", "call of its own"],
)
def test_whatever_a_hook_raises_the_answer_is_judged(maintenance, own, hook, proxies, caplog):
    own.proxies = proxies
    own.hooks["response"].append(hook)
    with pytest.raises(LoginFailed) as failure:
        Salesforce(**maintenance, session=own)
    assert failure.value.code == "SALESFORCE_UNAVAILABLE"
    assert "response hook of the requests session failed" in caplog.text


def test_a_hook_that_raises_starts_a_cool_down(given, own, org):
    sf = Salesforce(**given, session=own)
    own.hooks["response"].append(lambda response, *_, **__: json.loads(response.text))
    org.expire_sessions()
    org.faults.add("token", status=503, body="<html>maintenance</html>", times=None)
    for _ in range(2):
        with pytest.raises(LoginFailed, match="No further token request is made"):
            sf.limits()
    assert org.token_requests == 4  # one for the login, and the attempts of one renewal


def test_a_hook_that_raises_does_not_cost_the_token(given, own):
    own.hooks["response"].append(lambda response, *_, **__: 1 / 0 if response.url.endswith(TOKEN_PATH) else None)
    assert Salesforce(**given, session=own).limits()


def test_an_answer_that_breaks_off_under_a_hook_is_told_as_lost(monkeypatch, own):
    monkeypatch.setenv("ORGKEY_ALLOW_LOOPBACK_HTTP", "1")
    own.hooks["response"].append(lambda response, *_, **__: response.content and None)
    half = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"acc\r\n'
    with RawServer(half) as server, pytest.raises(LoginFailed) as failure:
        Salesforce(consumer_key="k", consumer_secret="s", domain=server.url, session=own)
    assert failure.value.code == "ENDPOINT_UNREACHABLE"


def test_a_hook_that_reads_the_answer_leaves_it_to_be_read(given, own):
    own.hooks["response"].append(lambda response, *_, **__: response.content and None)
    assert Salesforce(**given, session=own).limits()


def test_headers_of_the_session_go_along_and_its_authorization_does_not(given, own, noting, canary):
    own.headers.update({"X-Gateway": "agents", "X-Unwanted": None})
    own.auth = ("someone", canary("session auth"))
    own.cookies.set("sid", canary("session cookie"))
    Salesforce(**given, session=own)
    (request,) = noting.token_requests()
    assert request.headers["X-Gateway"] == "agents"
    assert {"Authorization", "Cookie", "X-Unwanted"}.isdisjoint(request.headers)


def test_what_the_sessions_class_does_in_send_is_done(given):
    class Counting(requests.Session):
        sent = 0

        def send(self, request, **settings):
            self.sent += 1
            return super().send(request, **settings)

    own = Counting()
    SalesforceLogin(**given, session=own)
    assert own.sent == 1


@pytest.mark.parametrize("kind", [requests.Session, type("Own", (requests.Session,), {})])
def test_the_session_of_another_client_carries_no_token_of_it(given, auth, kind, noting):
    own = kind()
    own.mount("http://", noting)
    first = Salesforce(auth=auth, session=own)
    second = Salesforce(**given, session=first.session)
    (request,) = noting.token_requests()  # auth's own went by httpx
    assert "Authorization" not in request.headers
    assert second.session_id != first.session_id


def test_a_redirect_is_not_followed_and_not_read(monkeypatch, own):
    monkeypatch.setenv("ORGKEY_ALLOW_LOOPBACK_HTTP", "1")
    read_on = []

    def redirect(_line, _request):
        yield b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 9999999\r\n\r\n"
        for _ in range(40):
            server.pause(0.05)
            read_on.append(1)
            yield b"x" * 100

    with RawServer(redirect) as server, pytest.raises(LoginFailed) as failure:
        Salesforce(consumer_key="k", consumer_secret="s", domain=server.url, session=own)
    assert failure.value.code == "TOKEN_ENDPOINT_REDIRECT"
    assert len(server.requests) == 1
    assert len(read_on) < 40


def test_netrc_does_not_win(monkeypatch, tmp_path, own, canary):
    netrc = tmp_path / "given" / "netrc"
    netrc.parent.mkdir()
    netrc.write_text(f"machine 127.0.0.1 login someone password {canary('netrc')}\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("ORGKEY_ALLOW_LOOPBACK_HTTP", "1")
    with RawServer() as server:
        server.answer = token_answer(server.url)
        for session in (own, None):
            Salesforce(consumer_key="k", consumer_secret="s", domain=server.url, session=session)
        assert [header(request, "authorization") for request in server.requests] == [None, None]


def test_a_session_of_another_library_is_one_clear_error(given, offline):
    with pytest.raises(LoginNotConfigured, match="session= is a Client"):
        Salesforce(**given, session=type("Client", (), {})())


def test_a_client_certificate_that_is_not_there_is_named(given, world, org, own):
    own.proxies, own.verify, own.cert = {"https": world.proxy_url}, str(world.ca_file), "/nowhere/client.pem"
    with pytest.raises(LoginNotConfigured, match=r"/nowhere/client\.pem"):
        Salesforce(**given | {"domain": org.my_domain}, session=own)


def test_a_session_decides_what_is_trusted_for_logins_and_calls_alike(world, org, app, own, monkeypatch):
    for bundle in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(bundle, raising=False)
    monkeypatch.setenv("SALESFORCE_CA_FILE", str(world.ca_file))
    given = {"consumer_key": app.client_id, "consumer_secret": app.client_secret, "domain": org.my_domain}
    own.proxies = {"https": world.proxy_url}
    with pytest.raises(LoginFailed) as failure:
        Salesforce(**given, session=own)
    assert failure.value.code == "ENDPOINT_UNREACHABLE_TLS"
    own.verify = str(world.ca_file)
    sf = Salesforce(**given, session=own)
    assert sf.limits()
    own.verify = True
    with pytest.raises(requests.exceptions.SSLError):
        sf.limits()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(world.ca_file))
    assert Salesforce(**given, session=own).limits()


@pytest.mark.parametrize(
    "url", ["http://u:hunter2#x@127.0.0.1:9", "http://127.0.0.1:abc", "socks5://u:hunter2@127.0.0.1:9"]
)
@pytest.mark.parametrize("argument", [True, False], ids=["argument", "environment"])
def test_a_proxy_that_cannot_be_used_is_named_and_not_shown(given, monkeypatch, url, argument):
    def no_socks(*_, **__):
        raise requests.exceptions.InvalidSchema("Missing dependencies for SOCKS support.")

    monkeypatch.setattr(requests.adapters, "SOCKSProxyManager", no_socks)
    if not argument:
        monkeypatch.setenv("HTTP_PROXY", url)
    with pytest.raises(orgkey.ConfigError, match="proxies=" if argument else "HTTP_PROXY") as failure:
        Salesforce(**given, proxies={"http": url} if argument else None)
    assert "hunter2" not in str(failure.value)
