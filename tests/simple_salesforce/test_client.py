"""The client as simple-salesforce documents it: what is read from it is always that of now."""

from __future__ import annotations

import copy
import inspect
import logging
import pickle
import subprocess
import sys
from collections import OrderedDict
from decimal import Decimal

import pytest
import requests
import simple_salesforce

import orgkey
from orgkey_simple_salesforce import LoginFailed, LoginNotConfigured, Salesforce

FIXED = "00D000000000001!AQinvented.fixed.token.of.a.test"

URLS = ("base_url", "apex_url", "bulk_url", "bulk2_url", "metadata_url", "tooling_url", "oauth2_url")


def test_it_takes_what_simple_salesforce_takes_in_the_same_order():
    theirs = list(inspect.signature(simple_salesforce.Salesforce).parameters.values())
    ours = list(inspect.signature(Salesforce).parameters.values())
    assert [(each.name, each.default) for each in ours[: len(theirs)]] == [(each.name, each.default) for each in theirs]
    assert {each.name for each in ours[len(theirs) :]} == {"auth", "strict_user"}
    assert all(each.kind is each.KEYWORD_ONLY for each in ours[len(theirs) :])


def test_session_id_and_headers_are_plain_and_current(sf, org):
    first, headers = sf.session_id, sf.headers
    assert type(first) is str
    org.expire_sessions()
    sf.limits()
    assert sf.session_id != first
    assert sf.headers is headers
    assert headers["Authorization"] == f"Bearer {sf.session_id}"
    assert sf.Contact.session_id == sf.session_id
    assert sf.bulk.session_id is sf.session_id


def test_headers_that_the_program_adds_stay(sf, org):
    sf.headers.update({"Sforce-Query-Options": "batchSize=200"})
    org.expire_sessions()
    assert sf.query("SELECT Id FROM Contact")["done"]
    sf._refresh_session()
    assert sf.headers["Sforce-Query-Options"] == "batchSize=200"


def test_urls_name_the_host_with_its_scheme(sf, org):
    for name in URLS:
        assert getattr(sf, name).startswith(f"{org.login_url}/services/")
        assert getattr(sf, name) is getattr(sf, name)
    assert sf.sf_instance == org.login_url.removeprefix("http://")


def test_urls_are_those_of_simple_salesforce():
    ours, theirs = (
        kind(session_id=FIXED, instance_url="https://acme.my.salesforce.com", version="61.0")
        for kind in (Salesforce, simple_salesforce.Salesforce)
    )
    for name in (*URLS, "session_id", "sf_instance", "headers", "auth_type", "auth_site", "domain", "sf_version"):
        assert getattr(ours, name) == getattr(theirs, name), name


def test_a_fixed_token_never_leaves_the_machine_in_plain():
    sf = Salesforce(session_id=FIXED, instance_url="http://acme.my.salesforce.com")
    assert sf.base_url.startswith("https://acme.my.salesforce.com/")


def test_a_url_that_is_assigned_stays(sf):
    sf.base_url = sf.base_url.replace(f"v{sf.sf_version}", "v60.0")
    assert sf.base_url.endswith("/v60.0/")


def test_assigning_a_session_id_does_nothing_where_a_session_decides(sf):
    sf.session_id, sf.sf_instance = "other", "elsewhere.my.salesforce.com"
    assert sf.session_id != "other"
    assert sf.limits()


def test_a_fixed_token_can_be_replaced():
    sf = Salesforce(session_id=FIXED, instance="one.my.salesforce.com")
    sf.session_id = "another"
    assert sf.session_id == sf.Contact.session_id == "another"


def test_a_fixed_token_is_never_renewed(sf, org):
    fixed = Salesforce(session_id=sf.session_id, instance_url=org.login_url)
    assert fixed.auth is None
    assert fixed.limits()
    org.expire_sessions()
    with pytest.raises(simple_salesforce.SalesforceExpiredSession):
        fixed.limits()
    with pytest.raises(RuntimeError):
        fixed._refresh_session()
    assert org.token_requests == 1


def test_auth_type_and_site_tell_how_it_logged_in(sf, org):
    assert (sf.auth_type, sf.auth_site) == ("client-credentials", org.login_url)


def test_a_forced_refresh_is_one_login(sf, org):
    first = sf.session_id
    sf._refresh_session()
    assert sf.session_id != first
    assert org.token_requests == 2


def test_a_failed_login_at_construction_is_what_an_except_clause_expects(auth, app):
    app.block()
    with pytest.raises(simple_salesforce.SalesforceAuthenticationFailed) as failed:
        Salesforce(auth=auth)
    assert failed.value.code
    assert failed.value.diagnosis.permanent


def test_a_failed_login_while_an_attribute_is_read_is_not_taken_for_an_object_type(sf, app):
    app.block()
    for name in ("session_id", "headers", "sf_instance", "base_url", "mdapi"):
        sf.auth.reset()
        with pytest.raises(LoginFailed):
            getattr(sf, name)


def test_a_missing_attribute_is_missing(sf):
    assert not hasattr(sf, "_repr_html_")
    assert sf.Contact.name == "Contact"


def test_the_proxies_given_are_used(auth):
    proxies = {"http": "http://127.0.0.1:9"}
    sf = Salesforce(auth=auth, proxies=proxies)
    assert sf.proxies is sf.session.proxies is proxies
    with pytest.raises(requests.exceptions.ProxyError):
        sf.limits()


def test_proxies_beside_a_session_are_ignored_with_simple_salesforces_warning(auth, caplog):
    with caplog.at_level(logging.WARNING):
        sf = Salesforce(auth=auth, proxies={"http": "http://127.0.0.1:9"}, session=requests.Session())
    assert "ignoring proxies" in caplog.text
    assert sf.limits()


def test_behind_a_fixed_token_the_session_given_is_used_itself():
    session = requests.Session()
    sf = Salesforce(session_id=FIXED, instance_url="https://acme.my.salesforce.com", session=session)
    assert sf.session is sf.Contact.session is sf.bulk.session is session
    assert sf.bulk.session_id is FIXED
    assert sf.bulk.bulk_url is sf.bulk_url


def test_a_client_that_a_test_double_builds_without_its_constructor_works(sf):
    double = Salesforce.__new__(Salesforce)
    double.session, double.headers, double.base_url = sf.session, {}, sf.base_url
    double._salesforce_login_partial = double._parse_float = double._object_pairs_hook = None
    assert double.query("SELECT Id FROM Contact LIMIT 1")["done"]


def test_zeep_logs_no_token(sf, caplog):
    with caplog.at_level(logging.DEBUG, logger="zeep.transports"):
        sf.mdapi.describe_metadata()
    assert "<ns0:sessionId>" in caplog.text
    assert sf.session_id not in caplog.text


def test_parsing_hooks_are_passed_on(auth):
    sf = Salesforce(auth=auth, parse_float=Decimal, object_pairs_hook=dict)
    assert type(sf.query("SELECT Id FROM Contact LIMIT 1")) is dict
    assert sf._parse_float is Decimal
    assert sf.Contact._object_pairs_hook is dict
    assert isinstance(Salesforce(auth=auth).limits(), OrderedDict)


# --- copies ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [copy.copy, copy.deepcopy], ids=["copy", "deepcopy"])
def test_a_copy_shares_the_session_and_has_headers_of_its_own(sf, org, make):
    other = make(sf)
    other.headers["Sforce-Call-Options"] = "client=copy"
    assert other.auth is sf.auth
    assert "Sforce-Call-Options" not in sf.headers
    org.expire_sessions()
    assert other.limits()
    assert sf.limits()
    assert org.token_requests == 2


def test_a_client_configured_by_the_environment_reconnects_in_another_process(configured):
    sf = Salesforce(version="60.0")
    sf.headers["Sforce-Call-Options"] = "client=acme"
    pickled = pickle.dumps(sf)
    assert sf.session_id.encode() not in pickled
    code = (
        "import pickle, sys; sf = pickle.loads(sys.stdin.buffer.read());"
        "print(sf.query('SELECT Id FROM Contact')['totalSize'], sf.sf_version, sf.headers['Sforce-Call-Options'])"
    )
    other = subprocess.run([sys.executable, "-c", code], input=pickled, capture_output=True, check=True)
    assert other.stdout.split() == [b"30", b"60.0", b"client=acme"]


def test_unpickling_logs_in_nowhere(configured):
    pickled = pickle.dumps(Salesforce())
    before = configured.org.token_requests
    other = pickle.loads(pickled)  # pickled above
    assert configured.org.token_requests == before
    assert other.limits()
    assert other.mdapi.describe_metadata()["metadataObjects"]


def test_inline_secrets_are_not_pickled(sf):
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(sf)
    with pytest.raises(TypeError, match="session id"):
        pickle.dumps(Salesforce(session_id=FIXED, instance="acme.my.salesforce.com"))


def test_a_client_on_the_programs_own_session_is_not_pickled(configured):
    with pytest.raises(TypeError, match="of the program's own"):
        pickle.dumps(Salesforce(session=requests.Session()))
    with pytest.raises(TypeError, match="of the program's own"):
        pickle.dumps(Salesforce(auth=orgkey.connect(), proxies={"https": "http://someone:secret@127.0.0.1:9"}))


def test_its_repr_shows_who_and_where_and_no_token(sf, org):
    assert repr(sf) == f"<Salesforce {sf.auth!r}>"
    assert org.login_url in repr(sf)
    fixed = Salesforce(session_id=FIXED, instance="acme.my.salesforce.com")
    assert repr(fixed) == "<Salesforce acme.my.salesforce.com>"


def test_a_traceback_shows_no_secret(canary):
    secrets = [canary("password"), canary("security token"), canary("consumer secret"), canary("private key")]
    with pytest.raises(LoginNotConfigured) as refused:
        Salesforce("agent@acme.example", secrets[0], secrets[1], consumer_secret=secrets[2], privatekey=secrets[3])
    frame = refused.tb
    while frame is not None:
        if "orgkey" in str(frame.tb_frame.f_globals.get("__name__")):
            shown = repr(frame.tb_frame.f_locals)
            assert not [secret for secret in secrets if secret in shown]
        frame = frame.tb_next


def test_subclasses_work(auth, org):
    class Ours(Salesforce):
        def contacts(self) -> int:
            return int(self.query("SELECT Id FROM Contact")["totalSize"])

    sf = Ours(auth=auth)
    org.expire_sessions()
    assert sf.contacts() == 30
    assert isinstance(sf, simple_salesforce.Salesforce)
    assert type(copy.deepcopy(sf)) is Ours


def test_auth_beside_another_login_is_refused(auth):
    with pytest.raises(LoginNotConfigured, match="Keep one of them"):
        Salesforce(auth=auth, consumer_key="x", consumer_secret="y")
    with pytest.raises(LoginNotConfigured, match=r"orgkey\.OrgSession"):
        Salesforce(auth="00D...")


def test_the_session_of_another_user_is_another_client(configured):
    configured.org.create_user("other@acme.example")
    everyone = orgkey.connect()
    other = Salesforce(auth=everyone.as_user("other@acme.example"))
    assert other.oauth2("userinfo")["preferred_username"] == "other@acme.example"


def test_an_org_is_reached_by_its_real_name_through_the_sessions_proxy_and_ca(world, app, monkeypatch):
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):  # requests lets them win over a session's own
        monkeypatch.delenv(name, raising=False)
    own = requests.Session()
    own.proxies, own.verify = {"https": world.proxy_url}, world.ca_file
    domain = app.org.my_domain.removesuffix(".salesforce.com")
    sf = Salesforce(consumer_key=app.client_id, consumer_secret=app.client_secret, domain=domain, session=own)
    assert sf.base_url.startswith(f"https://{app.org.my_domain}/services/data/")
    assert (sf.sf_instance, sf.domain, sf.auth_site) == (app.org.my_domain, domain, f"https://{app.org.my_domain}")
    app.org.expire_sessions()
    assert sf.Contact.describe()["name"] == "Contact"
    assert app.org.token_requests == 2


def test_before_its_constructor_ran_a_client_has_no_object_types():
    class Early(Salesforce):
        def __init__(self):
            self.early = self.Contact

    for make in (Early, lambda: Salesforce.__new__(Salesforce).sf_version):
        with pytest.raises(AttributeError):
            make()
