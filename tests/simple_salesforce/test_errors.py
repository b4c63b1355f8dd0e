"""The exceptions, as existing except clauses and other processes see them."""

from __future__ import annotations

import pickle

import pytest
import requests
import simple_salesforce.exceptions as upstream

import orgkey
from orgkey_simple_salesforce import errors

DIAGNOSIS = orgkey.diagnose(orgkey.Evidence(surface="local", error="SESSION_EXPIRED"))


def answer(status: int, body: str = "{}") -> requests.Response:
    response = requests.Response()
    response.status_code, response._content = status, body.encode()
    response.url = "https://acme.my.salesforce.com/services/data/v59.0/query/?q=SELECT"
    return response


@pytest.mark.parametrize(
    ("status", "theirs"),
    [
        (400, upstream.SalesforceMalformedRequest),
        (401, upstream.SalesforceExpiredSession),
        (403, upstream.SalesforceRefusedRequest),
        (500, upstream.SalesforceGeneralError),
    ],
)
def test_a_rejected_session_is_what_simple_salesforce_raises_and_an_expired_session(status, theirs):
    error = errors.SessionRejected.by(answer(status, '[{"errorCode": "{odd}"}]'), DIAGNOSIS)
    assert isinstance(error, theirs)
    assert isinstance(error, upstream.SalesforceExpiredSession)
    assert (error.status, error.resource_name, error.content) == (status, "query", [{"errorCode": "{odd}"}])
    assert DIAGNOSIS.cause.title in str(error)
    assert "{odd}" in str(error)


def test_a_body_that_is_no_json_is_kept_as_text():
    assert errors.SessionRejected.by(answer(401, "<html>"), DIAGNOSIS).content == "<html>"


@pytest.mark.parametrize(
    "error",
    [
        errors.LoginFailed("invalid_grant", "user hasn't approved this consumer", DIAGNOSIS),
        errors.LoginNotConfigured(["one", "two"]),
        errors.PasswordLoginRemoved("one"),
        errors.SessionRejected("https://acme.my.salesforce.com", 401, "query", [], DIAGNOSIS),
        errors.BulkSessionRejected("https://acme.my.salesforce.com", 400, "job", {}, DIAGNOSIS),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_travel_between_processes(error):
    other = pickle.loads(pickle.dumps(error))  # pickled here
    assert type(other) is type(error)
    assert str(other) == str(error)
    assert other.diagnosis == error.diagnosis


def test_a_failed_login_keeps_code_and_message():
    error = errors.LoginFailed("invalid_grant", "user hasn't approved this consumer", DIAGNOSIS)
    assert (error.code, error.message) == ("invalid_grant", "user hasn't approved this consumer")
    assert str(error).startswith("invalid_grant: ")


def test_where_no_answer_came_the_cause_is_the_code():
    diagnosis = orgkey.diagnose(orgkey.Evidence(surface="network", error="dns"))
    error = errors.LoginFailed.because_of(orgkey.TokenEndpointUnreachable(diagnosis))
    assert (error.code, error.message) == (diagnosis.cause.id, diagnosis.cause.title)


def test_several_problems_are_listed():
    text = str(errors.LoginNotConfigured(["This is wrong.", "And that."]))
    assert "  - This is wrong.\n  - And that." in text
