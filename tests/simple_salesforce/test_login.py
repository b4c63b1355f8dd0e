"""SalesforceLogin's drop-in, and the check of who acts."""

from __future__ import annotations

import inspect

import pytest
import simple_salesforce

import orgkey
from orgkey_simple_salesforce import ActsAsWarning, LoginFailed, LoginNotConfigured, Salesforce, SalesforceLogin


def test_it_takes_what_simple_salesforce_takes():
    theirs = inspect.signature(simple_salesforce.SalesforceLogin).parameters
    ours = list(inspect.signature(SalesforceLogin).parameters)
    assert ours[: len(theirs)] == list(theirs) or set(theirs) <= set(ours)


def test_it_returns_session_id_and_host(configured):
    session_id, instance = SalesforceLogin()
    assert instance == configured.org.login_url.removeprefix("http://")
    assert configured.org.sessions.find(session_id, configured.org.clock.now())


def test_each_call_is_a_login(configured):
    assert SalesforceLogin()[0] != SalesforceLogin()[0]


def test_a_password_is_not_sent(configured):
    with pytest.warns(orgkey.PasswordIgnoredWarning) as warned:
        SalesforceLogin("agent@acme.example", "secret", "token")
    assert warned[0].filename == f"<{__file__}>"
    assert configured.org.count(endpoint="soap_login") == 0


def test_a_scratch_url_is_where_it_logs_in(configured, monkeypatch):
    monkeypatch.delenv("SALESFORCE_LOGIN_URL")
    with pytest.warns(orgkey.PasswordIgnoredWarning):
        _, instance = SalesforceLogin("agent@acme.example", "secret", scratch_url=configured.org.login_url)
    assert instance in configured.org.login_url


@pytest.mark.parametrize("version", ["v59.0", None, "", []])
def test_a_version_that_is_none_is_refused(configured, version):
    with pytest.raises(LoginNotConfigured, match="API version"):
        SalesforceLogin(sf_version=version)
    assert configured.org.token_requests == 0


def test_a_failure_is_simple_salesforces_with_a_diagnosis(configured):
    configured.block()
    with pytest.raises(simple_salesforce.SalesforceAuthenticationFailed) as failed:
        SalesforceLogin()
    assert failed.value.diagnosis.cause.remedy
    assert failed.value.code in str(failed.value)


# --- who acts ---------------------------------------------------------------------------------------------------------


def test_another_run_as_user_is_one_warning_that_names_both(auth):
    with pytest.warns(ActsAsWarning) as warned:
        Salesforce(username="boss@acme.example", auth=auth)
    assert len(warned) == 1
    assert warned[0].filename == f"<{__file__}>"
    assert "agent@acme.example acts, not boss@acme.example" in str(warned[0].message)


def test_another_run_as_user_is_an_error_where_that_is_asked_for(auth):
    with pytest.raises(LoginFailed, match=r"agent@acme\.example acts, not boss@acme\.example"):
        Salesforce(username="boss@acme.example", auth=auth, strict_user=True)


def test_the_right_run_as_user_is_no_warning_whatever_its_case(auth):
    assert Salesforce(username="Agent@Acme.example", auth=auth, strict_user=True).limits()


def test_another_jwt_user_is_a_warning_without_a_request(configured):
    auth = orgkey.connect()
    with pytest.warns(ActsAsWarning, match="not boss"):
        Salesforce(username="boss@acme.example", auth=auth)
    assert configured.org.count(endpoint="userinfo") == 0


def test_where_userinfo_is_refused_it_is_told_and_the_client_works(auth, org):
    org.faults.add("userinfo", status=500, times=None)
    with pytest.warns(ActsAsWarning, match="could not be checked"):
        sf = Salesforce(username="agent@acme.example", auth=auth)
    assert sf.limits()
    with pytest.raises(LoginFailed):
        Salesforce(username="agent@acme.example", auth=auth, strict_user=True)


def test_nobody_is_asked_for_where_no_username_was_given(sf, org):
    assert org.count(endpoint="userinfo") == 0
