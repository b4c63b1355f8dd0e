"""Which login simple-salesforce's arguments mean, what replaces a password, and what bad input is told."""

from __future__ import annotations

import pytest
import requests
import simple_salesforce

import orgkey
from orgkey_simple_salesforce import LoginNotConfigured, PasswordLoginRemoved, Salesforce
from orgkey_simple_salesforce.credentials import Arguments, Shape, connect, shape_of

SOAP = ("agent@acme.example", "secret", "token")


@pytest.fixture
def loopback(monkeypatch):
    monkeypatch.setenv("ORGKEY_ALLOW_LOOPBACK_HTTP", "1")


# --- shapes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "shape"),
    [
        ("username password security_token", Shape.SOAP_SECURITY_TOKEN),
        ("username password security_token session_id instance", Shape.SOAP_SECURITY_TOKEN),
        ("session_id instance", Shape.SESSION_ID),
        ("session_id instance_url username password organizationId", Shape.SESSION_ID),
        ("username password organizationId", Shape.SOAP_ORGANIZATION),
        ("username password consumer_key consumer_secret privatekey", Shape.OAUTH_PASSWORD),
        ("username consumer_key privatekey_file", Shape.JWT_BEARER),
        ("username consumer_key consumer_secret privatekey", Shape.JWT_BEARER),
        ("consumer_key consumer_secret privatekey", Shape.CLIENT_CREDENTIALS),
        ("username password", Shape.SOAP_TRUSTED_ADDRESS),
        ("username", None),
        ("", None),
    ],
)
def test_shapes_are_told_in_simple_salesforces_order(given, shape):
    assert shape_of(Arguments.wrapping(**dict.fromkeys(given.split(), ""))) is shape


def test_four_shapes_send_a_password():
    assert [shape.name for shape in Shape if shape.sends_password] == [
        "SOAP_SECURITY_TOKEN",
        "SOAP_ORGANIZATION",
        "OAUTH_PASSWORD",
        "SOAP_TRUSTED_ADDRESS",
    ]


# --- logins without a password ----------------------------------------------------------------------------------------


def test_a_private_key_logs_in_by_jwt(app, loopback):
    for key in ({"privatekey": app.private_key_pem}, {"privatekey_file": app.private_key_file}):
        sf = Salesforce(username="agent@acme.example", consumer_key=app.client_id, domain=app.org.login_url, **key)
        assert sf.auth_type == "jwt-bearer"
        assert sf.limits()


def test_a_key_in_bytes_is_text_too(app, loopback):
    key = app.private_key_pem.encode()
    sf = Salesforce("agent@acme.example", consumer_key=app.client_id, domain=app.org.login_url, privatekey=key)
    assert sf.auth_type == "jwt-bearer"


def test_a_secret_logs_in_by_client_credentials(app, loopback):
    sf = Salesforce(consumer_key=app.client_id, consumer_secret=app.client_secret, domain=app.org.login_url)
    assert sf.auth_type == "client-credentials"
    assert sf.limits()


def test_with_key_and_secret_the_key_is_used_where_a_username_is_there(app, loopback):
    both = {
        "consumer_key": app.client_id,
        "consumer_secret": app.client_secret,
        "privatekey": app.private_key_pem,
        "privatekey_file": app.private_key_file,
        "domain": app.org.login_url,
    }
    assert Salesforce("agent@acme.example", **both).auth_type == "jwt-bearer"
    assert Salesforce(**both).auth_type == "client-credentials"


def test_without_arguments_the_settings_decide(configured):
    sf = Salesforce()
    assert sf.auth_type == "jwt-bearer"
    assert sf.oauth2("userinfo")["preferred_username"] == "agent@acme.example"


def test_a_username_alone_is_who_to_act_as(configured):
    configured.org.create_user("other@acme.example")
    assert Salesforce("other@acme.example").oauth2("userinfo")["preferred_username"] == "other@acme.example"


def test_a_domain_is_a_prefix_as_in_simple_salesforce(app):
    session = connect(Arguments.wrapping(consumer_key="k", consumer_secret="s", domain="acme--dev.sandbox.my"))
    assert session.login_url == "https://acme--dev.sandbox.my.salesforce.com"


def test_for_jwt_the_instance_is_asked_and_the_domain_is_the_audience(app):
    arguments = {"username": "agent@acme.example", "consumer_key": "k", "privatekey": app.private_key_pem}
    session = connect(Arguments.wrapping(**arguments, instance_url="govorg.my", domain="login"))
    assert session.login_url == "https://govorg.my.salesforce.com"
    assert session.grant.audience == "https://login.salesforce.com"
    assert connect(Arguments.wrapping(**arguments, instance_url="govorg.my")).grant.audience is None


def test_token_requests_take_the_same_proxy_and_ca(world):
    keys = Arguments.wrapping(consumer_key="k", consumer_secret="s", domain="acme.my")
    session = requests.Session()
    session.verify, session.proxies = world.ca_file, {"https": "http://127.0.0.1:9"}
    for settings in ({"proxies": {"https": "http://127.0.0.1:9"}}, {"session": session}):
        assert connect(keys, **settings).options.http.proxy == "http://127.0.0.1:9"
    assert connect(keys, session=session).options.http.ca_file == world.ca_file


# --- a password is never sent -----------------------------------------------------------------------------------------

PASSWORD_LOGINS = {
    "SOAP": {"username": SOAP[0], "password": SOAP[1], "security_token": SOAP[2]},
    "SOAP, empty token": {"username": SOAP[0], "password": SOAP[1], "security_token": ""},
    "SOAP, organization": {"username": SOAP[0], "password": SOAP[1], "organizationId": "00D000000000001"},
    "SOAP, trusted address": {"username": SOAP[0], "password": SOAP[1]},
    "OAuth": {"username": SOAP[0], "password": SOAP[1], "consumer_key": "old", "consumer_secret": "old"},
}


@pytest.mark.parametrize("given", PASSWORD_LOGINS.values(), ids=PASSWORD_LOGINS)
def test_with_other_credentials_a_password_is_ignored_with_one_warning(configured, given):
    with pytest.warns(orgkey.PasswordIgnoredWarning, match="given and not sent") as warned:
        sf = Salesforce(**given)
    assert len(warned) == 1
    assert warned[0].filename == f"<{__file__}>"
    assert sf.oauth2("userinfo")["preferred_username"] == SOAP[0]
    assert {entry.grant for entry in configured.org.log if entry.endpoint == "token"} == {"jwt_bearer"}
    assert configured.org.count(endpoint="soap_login") == 0


@pytest.mark.parametrize("given", PASSWORD_LOGINS.values(), ids=PASSWORD_LOGINS)
def test_without_other_credentials_it_says_what_to_set(offline, given):
    with pytest.raises(PasswordLoginRemoved) as removed:
        Salesforce(**given)
    text = str(removed.value)
    assert "was not sent" in text
    assert "SALESFORCE_LOGIN_URL" in text
    assert "secret" not in text.replace("consumer_secret", "").replace("client_secret", "").replace("SECRET", "")
    assert isinstance(removed.value, (simple_salesforce.SalesforceAuthenticationFailed, TypeError))
    assert isinstance(removed.value, TypeError)
    assert removed.value.diagnosis.cause.id == "PASSWORD_FLOW_BLOCKED"


def test_the_secret_of_a_password_login_does_where_nothing_else_is_configured(app, loopback):
    with pytest.warns(orgkey.PasswordIgnoredWarning):
        sf = Salesforce(
            "agent@acme.example",
            "secret",
            consumer_key=app.client_id,
            consumer_secret=app.client_secret,
            domain=app.org.login_url,
        )
    assert sf.auth_type == "client-credentials"


def test_a_wrong_setting_is_not_passed_over_for_the_secret_of_a_password_login(configured, monkeypatch, offline):
    monkeypatch.setenv("SALESFORCE_PRIVATE_KEY_FILE", "/nowhere/server.key")
    with pytest.raises(PasswordLoginRemoved, match=r"/nowhere/server\.key"):
        Salesforce(**PASSWORD_LOGINS["OAuth"])


def test_what_is_set_but_contradicts_the_call_is_named_and_nothing_else_asked_for(configured, monkeypatch, offline):
    monkeypatch.setenv("SALESFORCE_LOGIN_URL", "https://acme.my.salesforce.com")
    with pytest.raises(PasswordLoginRemoved, match=r"test\.salesforce\.com \(sandbox\)") as removed:
        Salesforce(*SOAP, domain="test")
    assert "was not sent" in str(removed.value)
    assert "SALESFORCE_PRIVATE_KEY_FILE" not in str(removed.value)


def test_a_private_key_beside_a_password_is_used(app, loopback):
    with pytest.warns(orgkey.PasswordIgnoredWarning):
        sf = Salesforce(*SOAP, consumer_key=app.client_id, privatekey=app.private_key_pem, domain=app.org.login_url)
    assert sf.auth_type == "jwt-bearer"


def test_a_session_id_beside_a_password_is_used(offline):
    with pytest.warns(orgkey.PasswordIgnoredWarning, match="the session id is used"):
        sf = Salesforce(*SOAP, session_id="00D!x", instance="acme.my.salesforce.com")
    assert sf.session_id == "00D!x"


def test_a_session_beside_a_password_is_used(auth):
    with pytest.warns(orgkey.PasswordIgnoredWarning):
        assert Salesforce(*SOAP, auth=auth).auth is auth


# --- bad input -------------------------------------------------------------------------------------------------------

BAD_INPUT = {
    "wrong type": ({"username": 5}, "username= is a int"),
    "wrong type of a secret": ({"consumer_key": "k", "consumer_secret": b"s"}, "consumer_secret= is a bytes"),
    "wrong type of a password": ({"username": "u", "password": 5}, "password= is a int"),
    "wrong type of a key": ({"username": "u", "consumer_key": "k", "privatekey": object()}, "privatekey= is a object"),
    "empty username": ({"username": " "}, "username= is empty"),
    "empty secret": ({"consumer_key": "k", "consumer_secret": ""}, "consumer_secret= is empty"),
    "a host as URL": ({"session_id": "x", "instance_url": "acme.my.salesforce.com"}, "which is no URL such as https"),
    "a port that is none": ({"session_id": "x", "instance_url": "https://acme.my.salesforce.com:x"}, "which is no URL"),
    "a session id alone": ({"session_id": "x"}, "add instance_url="),
    "an instance alone": ({"instance": "acme.my.salesforce.com"}, "Add session_id="),
    "no key file": (
        {
            "username": "u@acme.example",
            "consumer_key": "k",
            "privatekey_file": "/nowhere/server.key",
            "domain": "acme.my",
        },
        "/nowhere/server.key",
    ),
    "no key": ({"username": "u@acme.example", "consumer_key": "k", "privatekey": "x", "domain": "acme.my"}, "key"),
    "no My Domain": ({"consumer_key": "k", "consumer_secret": "s"}, "My Domain"),
    "login for client credentials": ({"consumer_key": "k", "consumer_secret": "s", "domain": "login"}, "My Domain"),
    "a hostile domain": ({"consumer_key": "k", "consumer_secret": "s", "domain": "http://evil.example"}, "not https"),
    "a version with a v": ({"version": "v59.0"}, "without a v"),
    "a version with more behind it": ({"version": "59.0/../x"}, "without a v"),
    "a version with a point at its end": ({"version": "59."}, "without a v"),
    "a version that is a truth": ({"version": True}, "without a v"),
    "no version": ({"version": None}, "API version"),
    "an instance that is no host": ({"session_id": "x", "instance": "acme my/x"}, "instance= is 'acme my/x'"),
    "a session that is text": ({"session_id": "x", "instance": "acme.my.salesforce.com", "session": "x"}, "is a str"),
    "a session's class": (
        {"session_id": "x", "instance": "acme.my.salesforce.com", "session": requests.Session},
        "session= is a type",
    ),
    "a proxy that is a number": ({"proxies": {"https": 8080}}, "no text"),
    "proxies as text": ({"proxies": "http://proxy.example"}, "proxies= is a str"),
    "nothing": ({}, "There are no credentials"),
}


@pytest.mark.parametrize(("given", "told"), BAD_INPUT.values(), ids=BAD_INPUT)
def test_bad_input_is_one_clear_error_before_anything_is_sent(offline, given, told):
    with pytest.raises(LoginNotConfigured) as refused:
        Salesforce(**given)
    assert told in str(refused.value)
    assert isinstance(refused.value, simple_salesforce.SalesforceAuthenticationFailed)
    assert isinstance(refused.value, TypeError)
    assert isinstance(refused.value, ValueError)


def test_all_problems_are_told_at_once(offline):
    with pytest.raises(LoginNotConfigured) as refused:
        Salesforce(username="", domain=5, proxies="x")
    assert len(refused.value.problems) == 3


def test_a_url_given_as_instance_is_taken_for_its_host():
    sf = Salesforce(session_id="x", instance="https://acme.my.salesforce.com/services")
    assert sf.base_url == "https://acme.my.salesforce.com/services/data/v59.0/".replace("59.0", sf.sf_version)


def test_a_version_as_a_number_is_as_good(auth):
    for version in (60, 60.0, "60.0"):
        sf = Salesforce(auth=auth, version=version)
        assert (sf.sf_version, sf.base_url.rpartition("/v")[2]) == ("60.0", "60.0/")
