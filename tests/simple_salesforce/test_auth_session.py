"""The requests session: where tokens go and where they never go, and what stays the caller's."""

from __future__ import annotations

import copy
import io
import pickle

import pytest
import requests
from raw_org import EXPIRED, RawOrg, body_of, header, in_turn
from raw_server import RawServer, http
from requests.adapters import HTTPAdapter
from requests.auth import HTTPBasicAuth

import orgkey
from orgkey_simple_salesforce import LoginFailed, LoginNotConfigured, Salesforce, SessionRejected
from orgkey_simple_salesforce.auth_session import GuardedSession, sharing, unstamped

SOAP = (
    b"<e:Envelope><e:Header><m:SessionHeader><m:sessionId>stale</m:sessionId></m:SessionHeader></e:Header></e:Envelope>"
)
FIXED = "00D000000000001!AQinvented.fixed.token.of.a.test"


@pytest.fixture
def elsewhere():
    with RawServer(http(200, '{"elsewhere": true}')) as server:
        yield server


def redirecting_to(url: str, status: int = 307):
    return RawOrg(lambda line, request: http(status, location=url))


# --- where tokens go ------------------------------------------------------------------------------------------------


def test_a_call_to_another_host_carries_nothing(sf, elsewhere):
    assert sf.session.get(f"{elsewhere.url}/services/data").json() == {"elsewhere": True}
    assert header(elsewhere.requests[0], "Authorization") is None


def test_the_same_host_at_another_port_is_another_host(sf, elsewhere):
    sf.session.get(elsewhere.url + "/services/data/v59.0/limits")
    assert header(elsewhere.requests[0], "Authorization") is None


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    ("path", "headers", "body"),
    [
        ("/services/data/v59.0/limits", {"Authorization": "Bearer stale"}, b"{}"),
        ("/services/async/59.0/job", {"X-SFDC-Session": "stale"}, b"{}"),
        ("/services/Soap/m/59.0", {"SOAPAction": "x", "Content-Type": "text/xml"}, SOAP),
    ],
    ids=["REST", "Bulk 1", "SOAP"],
)
def test_a_redirect_to_another_host_carries_no_token_of_any_kind(elsewhere, status, path, headers, body):
    with redirecting_to(elsewhere.url + "/take", status) as org:
        sf = Salesforce(auth=org.auth)
        assert sf.session.post(org.url + path, headers=headers, data=body).json() == {"elsewhere": True}
        (arrived,) = elsewhere.requests
        assert sf.session_id.encode() in org.calls[0]
        assert sf.session_id.encode() not in arrived
    assert b"stale" not in arrived
    assert (header(arrived, "Authorization"), header(arrived, "X-SFDC-Session")) == (None, None)
    assert int(header(arrived, "Content-Length") or 0) == len(body_of(arrived))


def test_a_fixed_token_is_not_redirected_either(elsewhere):
    with redirecting_to(elsewhere.url) as org:
        sf = Salesforce(session_id=FIXED, instance_url=org.url)
        sf.bulk.Contact.session.post(sf.bulk_url, headers=sf.bulk.headers, data="{}")
    assert FIXED.encode() in org.calls[0]
    assert FIXED.encode() not in elsewhere.requests[0]


def test_what_another_host_says_of_a_session_is_none_of_ours():
    with RawServer(http(401, EXPIRED)) as elsewhere, redirecting_to(elsewhere.url) as org:
        sf = Salesforce(auth=org.auth)
        assert sf.session.get(sf.base_url).status_code == 401
        assert len(org.requests) == 2  # one login, one call


def test_a_redirect_within_the_org_is_stamped_and_renewed_for():
    answers = in_turn(http(307, location="/services/data/v59.0/there"), http(401, EXPIRED), http(200, '{"there": 1}'))
    with RawOrg(answers) as org:
        sf = Salesforce(auth=org.auth)
        assert sf.restful("here") == {"there": 1}
    first, second, third = (header(call, "Authorization") for call in org.calls)
    assert first == second != third


# --- ~/.netrc and other credentials ---------------------------------------------------------------------------------


@pytest.fixture
def netrc(tmp_path, monkeypatch):
    given = tmp_path / "given"
    given.mkdir()
    (given / "netrc").write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(given / "netrc"))


@pytest.mark.parametrize(
    "call",
    [
        lambda sf: sf.query("SELECT Id FROM Contact LIMIT 1"),
        lambda sf: sf.Contact.describe(),
        lambda sf: list(sf.bulk2.Contact.query("SELECT Id FROM Contact")),
        lambda sf: sf.mdapi.describe_metadata(),
        lambda sf: sf.session.get(sf.base_url),
    ],
    ids=["query", "SFType", "Bulk 2", "zeep", "the session itself"],
)
def test_netrc_never_wins(sf, netrc, call):
    call(sf)


def test_netrc_adds_nothing_to_bulk_1(netrc):
    with RawOrg(lambda line, request: http(200, "{}")) as org:
        sf = Salesforce(auth=org.auth)
        sf.bulk.Contact._get_job("750x")
        fixed = Salesforce(session_id=FIXED, instance_url=org.url)
        fixed.bulk.Contact._get_job("750x")
        fixed.query("SELECT Id FROM Contact")
    assert [header(call, "Authorization") for call in org.calls] == [None, None, f"Bearer {FIXED}"]


def test_netrc_is_read_for_other_hosts(sf, netrc, elsewhere):
    sf.session.get(elsewhere.url)
    assert str(header(elsewhere.requests[0], "Authorization")).startswith("Basic ")


def test_a_request_is_left_as_it_was_prepared():
    request = requests.Request("GET", "https://acme.my.salesforce.com/x", headers={"Authorization": "Bearer x"})
    GuardedSession().prepare_request(request)
    assert request.auth is None


# --- the caller's own session ---------------------------------------------------------------------------------------


class Limiter(requests.Session):
    """As rate limiters and caches do: a session with its own way to send."""

    sent = 0

    def send(self, *args, **kwargs):
        self.sent += 1
        return super().send(*args, **kwargs)


def test_the_callers_session_lends_its_class_and_all_its_state(auth, org):
    own = Limiter()
    own.headers["X-Acme"] = "agent"
    sf = Salesforce(auth=auth, session=own)
    org.expire_sessions()
    answer = sf._call_salesforce("GET", sf.base_url + "limits")
    assert answer.request.headers["X-Acme"] == "agent"
    assert isinstance(sf.session, Limiter)
    assert sf.session.proxies is own.proxies
    assert own.sent == 2  # the rejected call and its replay


def test_the_clients_session_equals_the_callers_as_in_simple_salesforce(auth):
    own = requests.Session()
    first, second = Salesforce(auth=auth, session=own), Salesforce(auth=auth, session=own)
    assert first.session == own == second.session == first.session
    assert {own: "mine"}[second.session] == "mine"
    assert first.session != requests.Session()
    assert Salesforce(auth=auth).session != Salesforce(auth=auth).session


def test_what_equals_a_clients_session_hashes_alike(auth, sf):
    second = Salesforce(auth=auth, session=sf.session)
    third = Salesforce(auth=auth, session=second.session)
    assert sf.session == second.session == third.session
    assert len({sf.session, second.session, third.session, unstamped(sf.session), unstamped(third.session)}) == 1
    assert len({sf.session, Salesforce(auth=auth).session}) == 2


def test_what_is_changed_on_the_callers_session_later_holds_too(auth):
    own = requests.Session()
    sf = Salesforce(auth=auth, session=own)
    own.proxies = {"http": "http://127.0.0.1:9"}
    own.mount("http://", HTTPAdapter(max_retries=0))
    assert sf.session.proxies is own.proxies
    assert sf.session.get_adapter("http://x") is own.get_adapter("http://x")


def test_the_callers_session_itself_gets_no_token(auth, sf):
    own = requests.Session()
    Salesforce(auth=auth, session=own).limits()
    assert own.get(sf.base_url + "limits").status_code == 401


def test_two_clients_on_one_session_keep_their_own_tokens(configured):
    configured.org.create_user("other@acme.example")
    everyone, own = orgkey.connect(), requests.Session()
    clients = [Salesforce(auth=session, session=own) for session in (everyone, everyone.as_user("other@acme.example"))]
    names = [sf.oauth2("userinfo")["preferred_username"] for sf in clients * 2]
    assert names == ["agent@acme.example", "other@acme.example"] * 2


def test_a_clients_session_can_be_given_to_the_next_client(sf, auth):
    assert Salesforce(auth=auth, session=sf.session).limits()


def test_what_is_no_session_is_refused(auth):
    with pytest.raises(LoginNotConfigured, match="session= is a Client"):
        Salesforce(auth=auth, session=type("Client", (), {})())


def test_behind_a_fixed_token_the_callers_session_is_used_as_it_is():
    own = requests.Session()
    sf = Salesforce(session_id=FIXED, instance="acme.my.salesforce.com", session=own)
    assert sf.session is own
    assert sf.Contact.session is own


# --- hooks ------------------------------------------------------------------------------------------------------------


def test_a_hook_that_raises_does_not_stop_the_replay(auth, org):
    own = requests.Session()
    own.hooks["response"] = [lambda response, **_: response.raise_for_status()]
    sf = Salesforce(auth=auth, session=own)
    org.expire_sessions()
    assert sf.limits()


def test_hooks_see_each_answer_that_is_handed_back_once(auth, org):
    seen = []
    own = requests.Session()
    own.hooks["response"].append(lambda response, **_: seen.append(response.status_code))
    sf = Salesforce(auth=auth, session=own)
    org.expire_sessions()
    sf.limits()
    sf.session.get(sf.base_url + "nowhere")
    assert seen == [200, 404]


def test_hooks_see_an_error_at_the_end_of_a_redirect_once(elsewhere):
    elsewhere.answer = http(404)
    seen = []
    with redirecting_to(elsewhere.url) as org:
        sf = Salesforce(auth=org.auth)
        sf.session.get(sf.base_url, hooks={"response": lambda response, **_: seen.append(response.status_code)})
    assert seen == [307, 404]


# --- bodies and answers ---------------------------------------------------------------------------------------------


def test_a_file_that_cannot_seek_is_not_sent_again():
    class Pipe(io.RawIOBase):
        def readable(self):
            return True

        def readinto(self, buffer):
            return 0

    with RawOrg(in_turn(http(401, EXPIRED), http(200))) as org:
        sf = Salesforce(auth=org.auth)
        with pytest.raises(SessionRejected):
            sf.session.post(sf.base_url, data=Pipe())
        assert len(org.calls) == 1


def test_a_text_body_with_umlauts_keeps_its_length():
    answers = in_turn(http(500, "INVALID_SESSION_ID"), http(200, "ok"))
    with RawOrg(answers) as org:
        sf = Salesforce(auth=org.auth)
        body = SOAP.decode() + "äöü"
        sf.session.post(sf.metadata_url, data=body, headers={"SOAPAction": "x", "Content-Type": "text/xml"})
    for call in org.calls:
        assert int(header(call, "Content-Length") or 0) == len(body_of(call))
        assert body_of(call).endswith("äöü".encode())
        assert b"stale" not in body_of(call)


def test_a_failed_renewal_says_why(sf, app):
    app.remove_run_as()
    app.org.expire_sessions()
    with pytest.raises(LoginFailed) as failed:
        sf.limits()
    assert failed.value.diagnosis.cause.id == "RUN_AS_USER_MISSING"
    assert failed.value.code == "invalid_grant"
    assert failed.value.message
    requests_so_far = app.org.token_requests
    with pytest.raises(LoginFailed, match="No further token request"):
        sf.limits()
    assert app.org.token_requests == requests_so_far


def test_it_is_copied_as_itself_and_not_pickled(sf):
    assert copy.copy(sf.session) is copy.deepcopy(sf.session) is sf.session
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(sf.session)


def test_a_session_of_its_own_trusts_the_configured_ca(world, app):
    settings = {"client_id": app.client_id, "client_secret": app.client_secret, "login_url": app.org.login_url}
    auth = orgkey.connect(**settings, allow_loopback_http=True, ca_file=world.ca_file)
    assert Salesforce(auth=auth).session.verify == world.ca_file


def test_sharing_keeps_a_sessions_own_auth_for_other_hosts(auth, elsewhere):
    own = requests.Session()
    own.auth = HTTPBasicAuth("someone", "else")
    session = sharing(own, auth)
    session.get(elsewhere.url)
    assert str(header(elsewhere.requests[0], "Authorization")).startswith("Basic ")
