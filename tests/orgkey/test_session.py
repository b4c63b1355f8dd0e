"""OrgSession at the local Salesforce: logging in, renewing, who it is, and what else it can be asked."""

from __future__ import annotations

import asyncio
import copy
import logging
import pickle
import sys
import threading
from typing import TYPE_CHECKING, Any

import crowd
import leaks
import pytest
from raw_server import ORG_ID, USER_ID, RawServer, http, token_answer

import orgkey
from orgkey.errors import (
    ConfigError,
    MissingScope,
    OrgChanged,
    TokenAnswerRefused,
    TokenEndpointUnreachable,
    TokenRequestError,
    UserChanged,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fake_clock import FakeClock

    from orgkey_sim import App, Org, User, World

    LogIn = Callable[..., orgkey.OrgSession]

GRANTS = pytest.mark.parametrize("grant", ["jwt_bearer", "client_credentials"])


def cause(error: TokenRequestError) -> str:
    return error.diagnosis.cause.id


# --- the token -----------------------------------------------------------------------------------------------------------


@GRANTS
def test_the_first_call_logs_in_and_the_next_ones_do_not(log_in: LogIn, org: Org, agent: User, grant: str) -> None:
    session = log_in(grant=grant)
    assert org.token_requests == 0
    tokens = [session.token() for _ in range(5)]
    assert org.token_requests == 1
    token = tokens[0]
    assert all(other is token for other in tokens)
    assert (token.generation, token.org_id, token.user_id) == (1, org.org_id, agent.id)
    assert token.instance_url == org.login_url
    assert token.scope == {"api"}
    assert token.format == "opaque"
    assert token.expires_at is None
    assert org.log[0].grant == grant


async def test_tasks_have_the_same_token(session: orgkey.OrgSession, org: Org) -> None:
    first = await session.atoken()
    assert session.token() is first
    org.expire_sessions()
    second = await session.arenew(first)
    assert second.generation == 2
    assert await session.arenew(first) is second
    assert org.token_requests == 2


def test_a_renewal_brings_the_next_generation(session: orgkey.OrgSession, org: Org) -> None:
    first = session.token()
    second = session.renew(first)
    assert (second.generation, session.token()) == (2, second)
    assert second.value != first.value
    assert org.token_requests == 2


@pytest.mark.parametrize("as_text", [False, True], ids=["token", "text"])
def test_a_late_rejection_after_a_renewal_costs_no_token_request(
    session: orgkey.OrgSession, org: Org, as_text: bool
) -> None:
    first = session.token()
    second = session.renew(first)
    for _ in range(10):
        assert session.renew(first.reveal() if as_text else first) is second
    assert org.token_requests == 2


def test_what_was_sent_may_be_given_as_text(session: orgkey.OrgSession) -> None:
    first = session.token()
    assert session.renew(first.reveal()).generation == 2


def test_the_token_of_another_session_is_not_this_ones(log_in: LogIn, org: Org) -> None:
    session, other = log_in(), log_in()
    mine = session.token()
    assert session.renew(other.token()) is mine
    assert org.token_requests == 2


def test_the_instance_url_logs_in_if_need_be(session: orgkey.OrgSession, org: Org) -> None:
    assert session.login_url == org.login_url
    assert org.token_requests == 0
    assert session.instance_url == org.instance_url
    assert org.token_requests == 1


def test_a_failure_is_shown_until_a_success(
    session: orgkey.OrgSession, org: Org, app: App, agent: User, clock: FakeClock
) -> None:
    assert not session.failure
    app.withdraw_approval(agent)
    with pytest.raises(TokenRequestError) as failure:
        session.token()
    assert session.failure is not None
    assert session.failure.diagnosis == failure.value.diagnosis
    app.approve(agent)
    clock.advance(5)
    session.token()
    assert (session.failure is None) is True


# --- what went wrong -------------------------------------------------------------------------------------------------------


def test_a_refusal_is_diagnosed(log_in: LogIn, app: App, agent: User, org: Org) -> None:
    app.withdraw_approval(agent)
    with pytest.raises(TokenRequestError) as refusal:
        log_in().token()
    error = refusal.value
    assert (error.status, error.error) == (400, org.log[0].error)
    assert error.error_description == "user is not admin approved to access this app"
    assert cause(error) == "USER_NOT_ADMIN_APPROVED"
    assert error.permanent
    assert error.retry_after == 5.0
    assert "No further token request is made for 5 s" in str(error)


def test_a_clock_that_is_wrong_is_measured_and_named(log_in: LogIn, app: App) -> None:
    from fake_clock import FakeClock

    # This machine is ten minutes behind, so its assertions are expired when they arrive.
    session = log_in(clock=FakeClock(skew=-600))
    with pytest.raises(TokenRequestError) as refusal:
        session.token()
    assert cause(refusal.value) == "CLOCK_SKEW"
    assert any("600 s behind" in fact for fact in refusal.value.diagnosis.evidence)


TRANSIENT: dict[str, dict[str, Any]] = {
    "503 in JSON": {"status": 503, "body": '{"error":"server_error"}', "content_type": "application/json"},
    "503 as a page": {"status": 503, "body": "<html>Down for maintenance</html>"},
    "502 without a body": {"status": 502},
    "500 as text": {"status": 500, "body": "oops", "content_type": "text/plain"},
    "429": {"status": 429, "body": '{"error":"rate_limit_exceeded"}', "content_type": "application/json"},
    "429 as text": {"status": 429, "body": "slow down", "content_type": "text/plain"},
    "cut before": {"drop": "before"},
    "cut after": {"drop": "after"},
    "cut midway": {"drop": "midway"},
}


@pytest.mark.parametrize("trouble", TRANSIENT)
@GRANTS
def test_a_failure_in_passing_is_retried(log_in: LogIn, org: Org, clock: FakeClock, trouble: str, grant: str) -> None:
    org.faults.add("token", times=2, **TRANSIENT[trouble])
    session = log_in(grant=grant)
    assert session.token().generation == 1
    assert org.token_requests == 3
    assert len(clock.slept) == 2
    assert all(0 <= seconds <= 8 for seconds in clock.slept)


def test_retry_your_request_is_retried(session: orgkey.OrgSession, org: Org) -> None:
    org.refuse_next("unknown_error")
    assert session.token().generation == 1
    assert org.token_requests == 2


@pytest.mark.parametrize("trouble", TRANSIENT)
def test_retries_are_bounded(log_in: LogIn, org: Org, trouble: str) -> None:
    org.faults.add("token", times=None, **TRANSIENT[trouble])
    with pytest.raises(TokenRequestError) as failure:
        log_in(attempts=4).token()
    assert org.token_requests == 4
    assert not failure.value.permanent


def test_retries_are_spread_out_at_random(log_in: LogIn, org: Org, clock: FakeClock) -> None:
    org.faults.add("token", drop="before", times=None)
    for _ in range(4):
        with pytest.raises(TokenRequestError):
            log_in(attempts=5).token()
    assert len(set(clock.slept)) > 8  # sixteen waits; a fixed schedule has four values


@pytest.mark.parametrize(
    "row", ["user_not_approved", "invalid_client_id", "inactive_user", "invalid_assertion", "inactive_organization"]
)
def test_a_permanent_refusal_is_never_retried(session: orgkey.OrgSession, org: Org, row: str) -> None:
    org.refuse_next(row, times=3)
    with pytest.raises(TokenRequestError) as refusal:
        session.token()
    assert refusal.value.permanent
    assert org.token_requests == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_page_in_place_of_an_answer_is_not_retried(session: orgkey.OrgSession, org: Org, status: int) -> None:
    org.faults.add("token", status=status, body="<html>login</html>", times=None)
    with pytest.raises(TokenAnswerRefused):
        session.token()
    assert org.token_requests == 1


def test_an_app_that_is_unknown_at_login_needs_a_my_domain(log_in: LogIn, world: World, org: Org) -> None:
    # An External Client App lives in one org; login and test belong to none.
    settings = orgkey.HTTPSettings(proxy=world.proxy_url, ca_file=world.ca_file)
    session = log_in(login_url="https://test.salesforce.com", http=settings)
    with pytest.raises(TokenRequestError) as refusal:
        session.token()
    assert refusal.value.error == "app_not_found"
    assert cause(refusal.value) == "GENERIC_LOGIN_HOST"
    assert "SALESFORCE_LOGIN_URL" in str(refusal.value)


def test_nobody_there_is_an_error_of_its_own(log_in: LogIn) -> None:
    with RawServer() as gone:
        url = gone.url
    with pytest.raises(TokenEndpointUnreachable) as failure:
        log_in(login_url=url).token()
    assert cause(failure.value) == "ENDPOINT_UNREACHABLE_REFUSED"


def test_a_host_without_an_address_is_an_error_of_its_own(log_in: LogIn) -> None:
    with pytest.raises(TokenEndpointUnreachable) as failure:
        log_in(login_url="https://no-such-org.my.salesforce.com").token()
    assert cause(failure.value) == "ENDPOINT_UNREACHABLE_DNS"
    assert any("no-such-org.my.salesforce.com" in fact for fact in failure.value.diagnosis.evidence)


# --- who it is -------------------------------------------------------------------------------------------------------------


def test_another_org_is_not_accepted_in_silence(session: orgkey.OrgSession, org: Org, clock: FakeClock) -> None:
    first = session.token()
    org.refresh_sandbox()
    with pytest.raises(OrgChanged) as change:
        session.renew(first)
    assert cause(change.value) == "ORG_CHANGED"
    assert any(first.org_id in fact and org.org_id in fact for fact in change.value.diagnosis.evidence)
    with pytest.raises(OrgChanged):
        session.token()
    assert org.token_requests == 2  # the second one was held back
    clock.advance(5)
    with pytest.raises(OrgChanged):
        session.token()


def test_another_org_is_accepted_by_name(session: orgkey.OrgSession, org: Org, clock: FakeClock) -> None:
    first = session.token()
    org.refresh_sandbox()
    with pytest.raises(OrgChanged):
        session.renew(first)
    session.reset()
    with pytest.raises(OrgChanged):
        session.token()
    session.reset(accept_new_user=True)
    with pytest.raises(OrgChanged):
        session.token()
    session.reset(accept_new_org=True)
    assert session.token().org_id == org.org_id
    org.refresh_sandbox()
    with pytest.raises(OrgChanged):  # it was accepted this once
        session.renew(session.token())


def test_another_org_is_accepted_by_option(log_in: LogIn, org: Org) -> None:
    session = log_in(accept_new_org=True)
    first = session.token()
    org.refresh_sandbox()
    second = session.renew(first)
    assert (second.org_id, second.generation) == (org.org_id, 2)


def test_another_user_is_not_accepted_in_silence(log_in: LogIn, org: Org, app: App) -> None:
    session = log_in(grant="client_credentials")
    first = session.token()
    app.change_run_as(org.create_user("other@acme.example"))
    with pytest.raises(UserChanged) as change:
        session.renew(first)
    assert cause(change.value) == "USER_CHANGED"
    session.reset(accept_new_user=True)
    assert session.token().user_id != first.user_id


def test_another_user_is_accepted_by_option(log_in: LogIn, org: Org, app: App) -> None:
    session = log_in(grant="client_credentials", accept_new_user=True)
    first = session.token()
    app.change_run_as(org.create_user("other@acme.example"))
    assert session.renew(first).user_id != first.user_id


def test_accepting_another_user_accepts_no_other_org(log_in: LogIn, org: Org) -> None:
    session = log_in(accept_new_user=True)
    first = session.token()
    org.refresh_sandbox()
    with pytest.raises(OrgChanged):
        session.renew(first)


def test_a_short_org_id_is_the_long_one(clock: FakeClock) -> None:
    with RawServer() as server:
        ids = iter([(ORG_ID, USER_ID), (ORG_ID[:15], USER_ID[:15])])

        def answer(_line: str, _request: bytes) -> bytes:
            org_id, user_id = next(ids)
            return token_answer(server.url, f"{ORG_ID}!{server.paths()}", id=f"https://x/id/{org_id}/{user_id}")

        server.answer = answer
        session = raw_session(server, clock)
        first = session.token()
        assert (first.org_id, first.user_id) == (ORG_ID, USER_ID)
        assert session.renew(first).org_id == ORG_ID


def test_an_instance_that_moved_is_followed(session: orgkey.OrgSession, org: Org) -> None:
    first = session.token()
    org.move_instance()
    second = session.renew(first)
    assert second.instance_url == org.instance_url != first.instance_url
    assert session.instance_url == org.instance_url


def raw_session(server: RawServer, clock: FakeClock, **options: Any) -> orgkey.OrgSession:
    grant = orgkey.ClientCredentials("3MVG9.agent", "canary-raw-0123456789abcdef")
    options = {"allow_loopback_http": True, "attempts": 1, **options}
    return orgkey.OrgSession(grant, server.url, orgkey.SessionOptions(**options), clock=clock)


# --- scopes ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("required", ["api refresh_token", ["api", "refresh_token"], frozenset({"refresh_token"})])
def test_a_scope_that_was_not_granted_is_missed(log_in: LogIn, org: Org, required: Any) -> None:
    session = log_in(required_scopes=required)
    with pytest.raises(MissingScope) as missing:
        session.token()
    assert cause(missing.value) == "MISSING_SCOPE"
    assert any("missing: refresh_token; granted: api" in fact for fact in missing.value.diagnosis.evidence)
    assert org.token_requests == 1


def test_scopes_that_were_granted_are_kept(log_in: LogIn, org: Org) -> None:
    app = org.create_app("Wide", scopes={"api", "id", "openid"})
    assert log_in(app, required_scopes="api id").token().scope == {"api", "id", "openid"}


# --- as somebody else --------------------------------------------------------------------------------------------------------


def test_a_session_can_act_as_a_person(session: orgkey.OrgSession, org: Org, agent: User) -> None:
    person = org.create_user("ada@acme.example")
    assert session.token().user_id == agent.id
    other = session.as_user("ada@acme.example")
    assert other.token().user_id == person.id
    assert session.token().user_id == agent.id
    assert other.userinfo()["preferred_username"] == "ada@acme.example"
    assert org.token_requests == 2


def test_the_same_person_has_the_same_session(session: orgkey.OrgSession, org: Org) -> None:
    org.create_user("ada@acme.example")
    assert session.as_user("ada@acme.example") is session.as_user("ada@acme.example")
    assert session.as_user("ada@acme.example") is not session


def test_client_credentials_acts_as_nobody_else(log_in: LogIn) -> None:
    with pytest.raises(ConfigError, match="JWT Bearer"):
        log_in(grant="client_credentials").as_user("ada@acme.example")


def test_a_person_who_is_a_mistake_is_named(session: orgkey.OrgSession) -> None:
    with pytest.raises(ConfigError, match="white space"):
        session.as_user("ada@acme.example ")


class SlowGrant:
    """A grant whose ``acting_as`` is finished by all callers at the same moment."""

    name = "jwt_bearer"
    client_id = "x"
    username = "agent@acme.example"

    def __init__(self, together: int) -> None:
        self.barrier = threading.Barrier(together)

    def acting_as(self, username: str) -> SlowGrant:
        self.barrier.wait(10)
        return self

    def problems(self, login: object) -> list[str]:
        return []


def test_callers_at_once_get_the_same_person(clock: FakeClock) -> None:
    session = orgkey.OrgSession(SlowGrant(8), "https://acme.my.salesforce.com", clock=clock)  # type: ignore[arg-type]
    people = crowd.threads(8, lambda: session.as_user("ada@acme.example"))
    assert len({id(person) for person in people}) == 1


def test_a_person_belongs_to_the_same_org(clock: FakeClock, key_pem: str) -> None:
    # At login.salesforce.com a username decides which org answers.
    with RawServer() as server:
        orgs = iter([ORG_ID, "00D5g000009ZZZZEA4"])
        server.answer = lambda _line, _request: token_answer(server.url, id=f"https://x/id/{next(orgs)}/{USER_ID}")
        grant = orgkey.JWTBearer("x", "agent@acme.example", key_pem)
        options = orgkey.SessionOptions(allow_loopback_http=True)
        session = orgkey.OrgSession(grant, server.url, options, clock=clock)
        session.token()
        with pytest.raises(OrgChanged):
            session.as_user("ada@other.example").token()


# --- what else it can be asked -----------------------------------------------------------------------------------------------


@GRANTS
def test_userinfo_says_who_acts(log_in: LogIn, org: Org, agent: User, grant: str) -> None:
    info = log_in(grant=grant).userinfo()
    assert (info["organization_id"], info["user_id"]) == (org.org_id, agent.id)


def test_userinfo_renews_a_token_that_expired(session: orgkey.OrgSession, org: Org) -> None:
    session.token()
    org.expire_sessions()
    assert session.userinfo()["organization_id"] == org.org_id
    assert org.token_requests == 2
    assert [entry.status for entry in org.log if entry.endpoint == "userinfo"] == [403, 200]


@pytest.mark.parametrize("status", [500, 502, 503, 404])
def test_userinfo_that_fails_otherwise_renews_nothing(session: orgkey.OrgSession, org: Org, status: int) -> None:
    session.token()
    org.faults.add("userinfo", status=status, body="<html></html>")
    with pytest.raises(TokenRequestError) as failure:
        session.userinfo()
    assert failure.value.status == status
    assert (org.token_requests, org.log.total("userinfo")) == (1, 1)


@GRANTS
def test_introspection_says_what_the_token_is(log_in: LogIn, app: App, grant: str) -> None:
    found = log_in(grant=grant).introspect()
    assert found["active"] is True
    assert found["client_id"] == app.client_id


def test_introspection_of_an_expired_token_says_so(session: orgkey.OrgSession, org: Org) -> None:
    session.token()
    org.expire_sessions()
    assert session.introspect() == {"active": False}


def test_introspection_without_a_secret_is_explained(app: App, agent: User, org: Org, clock: FakeClock) -> None:
    grant = orgkey.JWTBearer(app.client_id, agent.username, app.private_key_pem)
    options = orgkey.SessionOptions(allow_loopback_http=True)
    session = orgkey.OrgSession(grant, org.login_url, options, clock=clock)
    with pytest.raises(ConfigError, match="SALESFORCE_CLIENT_SECRET"):
        session.introspect()


def test_a_revoked_token_is_gone_on_both_sides(session: orgkey.OrgSession, org: Org) -> None:
    first = session.token()
    session.revoke()
    assert len(org.sessions) == 0
    assert session.token().generation == 2
    assert session.token().value != first.value


def test_revoking_nothing_asks_nothing(session: orgkey.OrgSession, org: Org) -> None:
    session.revoke()
    assert len(org.log) == 0


def test_revoking_what_is_gone_already_is_done(session: orgkey.OrgSession, org: Org) -> None:
    session.token()
    org.expire_sessions()
    session.revoke()
    assert session.token().generation == 2


def test_a_revocation_that_fails_is_said(session: orgkey.OrgSession, org: Org) -> None:
    first = session.token()
    org.faults.add("revoke", status=503, body="<html></html>")
    with pytest.raises(TokenRequestError):
        session.revoke()
    assert session.token() is first


def test_everything_has_a_twin_for_tasks(session: orgkey.OrgSession, org: Org) -> None:
    async def ask() -> tuple[dict[str, Any], dict[str, Any]]:
        info, found = await session.auserinfo(), await session.aintrospect()
        await session.arevoke()
        return info, found

    info, found = asyncio.run(ask())
    assert (info["organization_id"], found["active"], len(org.sessions)) == (org.org_id, True, 0)


def test_a_use_is_told_once(session: orgkey.OrgSession) -> None:
    first = session.token()
    assert not session.was_used()
    session.accepted(first)
    assert (session.was_used(), session.was_used()) == (True, False)
    second = session.renew(first)
    session.accepted(second)
    session.accepted(first)  # a slow call's answer
    assert (session.was_used(), session.was_used()) == (True, False)
    session.accepted(second)
    assert session.was_used()


def test_asking_for_the_use_makes_no_good_token_suspicious(session: orgkey.OrgSession, org: Org) -> None:
    second = session.renew(session.token())
    session.accepted(second)
    assert session.was_used()
    assert session.renew(second).generation == 3  # it worked, and then it expired: no cool-down
    assert org.token_requests == 3


def test_reset_in_the_middle_of_a_renewal_harms_nobody(session: orgkey.OrgSession, org: Org) -> None:
    stale = session.token()
    org.faults.add("token", delay=0.3)
    outcomes = crowd.threads(20, lambda: session.renew(stale), during=session.reset)
    assert {outcome.generation for outcome in outcomes} == {2}  # type: ignore[union-attr]
    assert (session.token().generation, org.token_requests) == (2, 2)


def test_reset_forgets_the_token(session: orgkey.OrgSession, org: Org) -> None:
    first = session.token()
    session.reset()
    second = session.token()
    assert (second.generation, org.token_requests) == (2, 2)
    assert session.renew(first) is second


# --- what is shown ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def every_secret(app: App, session: orgkey.OrgSession) -> Callable[[], list[str]]:
    def secrets() -> list[str]:
        token = session.token().reveal()
        return [token, token.partition("!")[2], app.client_secret, app.private_key_pem.splitlines()[2]]

    return secrets


def test_nothing_shows_a_secret(session: orgkey.OrgSession, every_secret: Callable[[], list[str]]) -> None:
    secrets = every_secret()
    things = [session, session.token(), session.grant, session.options, orgkey.SalesforceAuth(session)]
    request = session.grant.token_request(session.login, 0.0)
    for thing in [*things, request, request.headers, request.form]:
        for text in (repr(thing), str(thing), f"{thing}", ascii(thing)):
            assert [secret for secret in secrets if secret in text] == []
    assert "generation 1" in repr(session)
    assert "agent@acme.example" in repr(session)


def test_the_log_of_a_whole_life_holds_no_secret(
    session: orgkey.OrgSession, org: Org, every_secret: Callable[[], list[str]], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = every_secret()
    second = session.renew(session.token())
    session.userinfo()
    session.introspect()
    org.faults.add("token", drop="before")
    session.renew(second)
    secrets += [second.reveal(), session.token().reveal()]
    session.revoke()
    org.refuse_next("user_not_approved")
    with pytest.raises(TokenRequestError):
        session.token()
    assert [secret for secret in secrets if secret in caplog.text] == []
    assert "token requested" in caplog.text
    assert "token renewed" in caplog.text
    assert "renewal failed" in caplog.text
    assert "cooling down" in caplog.text


def broken_answers(secret: str, instance_url: str) -> Iterator[tuple[str, bytes]]:
    whole = token_answer(instance_url, f"{ORG_ID}!{secret}")
    yield "cut off", whole[:-40]
    yield "no JSON", http(200, f"access_token={ORG_ID}!{secret}")
    yield "a list of one", http(200, f'[{{"access_token": "{secret}"}}]')
    yield "the token in a list", token_answer(instance_url, access_token=[secret])
    yield "another name", token_answer(instance_url, access_token=None, accessToken=secret)
    yield "no identity", token_answer(instance_url, secret, id=None)
    yield "a hostile instance", token_answer("https://evil.example", secret)
    yield "an error with a token", http(400, f'{{"error": "invalid_grant", "access_token": "{secret}"}}')
    yield "a token in the text", http(400, f'{{"error": "x", "error_description": "access_token={secret}"}}')
    yield "a token in an unknown field", http(400, f'{{"error": "x", "more": "{secret}"}}')
    yield "a redirect with a token", http(302, location=f"https://evil.example/?access_token={secret}")
    yield "a token in the URL", token_answer(f"https://evil.example/?access_token={secret}", secret)
    yield "a password in the URL", token_answer(f"https://u:{secret}@acme.my.salesforce.com", secret)
    yield "a token as content type", http(200, "x", content_type=f"access_token={secret}")


SECRET = "canary-answer-0123456789abcdef"


@pytest.mark.parametrize("shape", [name for name, _ in broken_answers(SECRET, "")])
def test_no_broken_answer_puts_a_token_into_an_error_or_its_frames(clock: FakeClock, shape: str) -> None:
    with RawServer() as server:
        server.answer = dict(broken_answers(SECRET, server.url))[shape]
        with pytest.raises(TokenRequestError) as failure:
            raw_session(server, clock).token()
    text = leaks.shown(failure.value)
    assert SECRET not in text
    assert "canary-raw" not in text


def test_no_frame_of_a_failed_renewal_holds_the_token_that_was_sent(session: orgkey.OrgSession, org: Org) -> None:
    text = session.token().reveal()
    org.refuse_next("user_not_approved")
    for _ in range(2):  # the failure, and the cool-down after it
        with pytest.raises(TokenRequestError) as failure:
            session.renew(text)
        assert text not in leaks.shown(failure.value)


def test_a_session_that_travels_by_copy_is_itself(session: orgkey.OrgSession) -> None:
    session.token()
    assert copy.copy(session) is session
    assert copy.deepcopy({"a": [session]})["a"][0] is session
    auth = orgkey.SalesforceAuth(session)
    assert copy.deepcopy(auth).session is session


def test_tokens_and_sessions_are_not_pickled(session: orgkey.OrgSession) -> None:
    for thing in (session.token(), session, session.grant):
        with pytest.raises(TypeError, match="not pickled") as refusal:
            pickle.dumps(thing)
        assert session.token().reveal() not in str(refusal.value)


def test_a_token_is_replaced_never_changed(session: orgkey.OrgSession) -> None:
    token = session.token()
    with pytest.raises(AttributeError):
        token.generation = 7  # type: ignore[misc]
    assert copy.deepcopy(token).reveal() == token.reveal()


# --- torn reads --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def hasty_threads() -> Iterator[None]:
    """Threads take turns a thousand times as often, so that each gap between two steps is met."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(5e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("hasty_threads")
def test_no_reader_ever_sees_half_of_a_renewal(clock: FakeClock) -> None:
    # Everything in an answer carries its number, so a torn read shows at once (an idea of botocore's).
    readers, reads, renewals = 20, 4_000, 100
    with RawServer() as server:

        def answer(_line: str, _request: bytes) -> bytes:
            number = len(server.requests)
            return token_answer(place_of(number), f"{ORG_ID}!{number:08}", scope=f"api n{number}")

        def place_of(number: int) -> str:
            return f"http://127.0.0.{1 + number % 250}:{10_000 + number}"  # never 80, which a URL leaves out

        server.answer = answer
        session = raw_session(server, clock, session_timeout=900)
        done = threading.Event()

        def read() -> list[orgkey.Token]:
            torn, last, count = [], 0, 0
            while count < reads or (len(server.requests) < renewals and not done.is_set()):
                token, count = session.token(), count + 1
                number = int(token.reveal().partition("!")[2])
                agree = (token.generation, token.instance_url) == (number, place_of(number))
                if not agree or f"n{number}" not in token.scope or number < last:
                    torn.append(token)
                last = number
            return torn

        def renew() -> None:
            while not done.is_set():
                token = session.token()
                session.accepted(token)
                session.renew(token)

        renewer = threading.Thread(target=renew, daemon=True)
        renewer.start()
        outcomes = crowd.threads(readers, read)
        done.set()
        renewer.join(10)
        assert [outcome for outcome in outcomes if outcome != []] == []
        assert renewals <= session.token().generation == len(server.requests)
