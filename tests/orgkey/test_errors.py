"""Errors say what to do, survive a trip to another process, and can be told apart."""

from __future__ import annotations

import copy
import pickle

import pytest

from orgkey import errors
from orgkey.diagnosis import Evidence, diagnose
from orgkey.errors import ConfigError, OrgkeyError, TokenEndpointUnreachable, TokenRequestError

DIAGNOSIS = diagnose(
    Evidence(surface="token", grant="jwt_bearer", error="invalid_grant", error_description="inactive user")
)
TOKEN_ERRORS = [kind for name in errors.__all__ if issubclass(kind := getattr(errors, name), TokenRequestError)]


def test_every_error_is_one_of_ours() -> None:
    kinds = [getattr(errors, name) for name in errors.__all__]
    assert all(issubclass(kind, OrgkeyError) or issubclass(kind, errors.OrgkeyWarning) for kind in kinds)
    assert issubclass(ConfigError, ValueError)  # as a setting that cannot be used is, everywhere else


@pytest.mark.parametrize("kind", TOKEN_ERRORS)
def test_a_token_error_travels_whole(kind: type[TokenRequestError]) -> None:
    error = kind(DIAGNOSIS, error="invalid_grant", error_description="inactive user", status=400, retry_after=5.0)
    for travelled in (pickle.loads(pickle.dumps(error)), copy.copy(error), error.again(5.0)):
        assert type(travelled) is kind
        assert str(travelled) == str(error)
        assert vars(travelled) == vars(error)


@pytest.mark.parametrize("sent", [True, False])
def test_whether_it_was_sent_travels_along(*, sent: bool) -> None:
    error = TokenEndpointUnreachable(DIAGNOSIS, sent=sent)
    for travelled in (pickle.loads(pickle.dumps(error)), copy.copy(error), error.again(5.0)):
        assert travelled.sent is sent


def test_a_token_error_names_cause_remedy_and_wait() -> None:
    text = str(TokenRequestError(DIAGNOSIS, retry_after=4.6))
    assert f"[{DIAGNOSIS.cause.id}]" in text
    assert f"1. {DIAGNOSIS.cause.remedy[0]}" in text
    assert "inactive user" in text
    assert "No further token request is made for 5 s; session.reset() ends the wait." in text
    assert "No further" not in str(TokenRequestError(DIAGNOSIS))


def test_a_copy_for_another_caller_keeps_what_is_behind_it() -> None:
    error = TokenRequestError(DIAGNOSIS)
    error.__cause__ = OSError("no route")
    again = error.again(3.0)
    assert again is not error
    assert again.__cause__ is error.__cause__
    assert (error.retry_after, again.retry_after) == (0.0, 3.0)


def test_one_problem_is_its_own_message_and_many_are_a_list() -> None:
    assert str(ConfigError("SALESFORCE_USERNAME is missing.")) == "SALESFORCE_USERNAME is missing."
    many = ConfigError(["one", "two"])
    assert str(many) == "2 settings need attention:\n  - one\n  - two"
    assert pickle.loads(pickle.dumps(many)).problems == ("one", "two")
