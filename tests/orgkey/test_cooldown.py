"""The cool-down: how long it lasts, what callers get in it, what ends it, and that no path gets around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import orgkey
from orgkey.cooldown import Cooldown
from orgkey.diagnosis import Evidence, diagnose
from orgkey.errors import CoolingDown, MissingScope, TokenRequestError

if TYPE_CHECKING:
    from collections.abc import Callable

    from fake_clock import FakeClock

    from orgkey_sim import Org

    LogIn = Callable[..., orgkey.OrgSession]

ERROR = MissingScope(diagnose(Evidence(surface="local", error="MISSING_SCOPE")), error="a", status=400)


def test_it_lasts_five_seconds_and_doubles_to_five_minutes() -> None:
    cooldown = Cooldown()
    assert [cooldown.start(ERROR, 0.0) for _ in range(9)] == [5, 10, 20, 40, 80, 160, 300, 300, 300]


def test_it_stays_at_five_minutes_for_ever() -> None:
    cooldown = Cooldown()
    assert [cooldown.start(ERROR, 0.0) for _ in range(5_000)][-1] == 300


def test_a_caller_gets_the_same_failure_with_the_time_that_is_left() -> None:
    cooldown = Cooldown()
    cooldown.start(ERROR, 100.0)
    refusal = cooldown.refusal(102.0)
    assert isinstance(refusal, MissingScope)
    assert refusal.diagnosis is ERROR.diagnosis
    assert (refusal.error, refusal.status, refusal.retry_after) == ("a", 400, 3.0)
    assert refusal is not cooldown.refusal(102.0)  # one object raised in many threads mixes their tracebacks


def test_it_ends_by_time() -> None:
    cooldown = Cooldown()
    cooldown.start(ERROR, 100.0)
    assert cooldown.refusal(104.999) is not None
    assert cooldown.refusal(105.0) is None
    assert cooldown.error is ERROR  # nothing has succeeded yet


def test_it_ends_by_name_and_forgets_what_came_before() -> None:
    cooldown = Cooldown()
    for _ in range(4):
        cooldown.start(ERROR, 0.0)
    cooldown.end()
    assert cooldown.refusal(0.0) is None
    assert cooldown.error is None
    assert cooldown.start(ERROR, 0.0) == 5


def test_there_is_none_before_a_failure() -> None:
    assert Cooldown().refusal(0.0) is None
    refused: TokenRequestError | None = Cooldown().error
    assert refused is None


# --- at the local Salesforce -----------------------------------------------------------------------------------------------


def refusals(session: orgkey.OrgSession, times: int = 1) -> list[TokenRequestError]:
    errors = []
    for _ in range(times):
        with pytest.raises(TokenRequestError) as refusal:
            session.token()
        errors.append(refusal.value)
    return errors


def test_a_thousand_calls_in_a_cool_down_cost_nothing(session: orgkey.OrgSession, org: Org) -> None:
    org.refuse_next("user_not_approved", times=2_000)
    first, *others = refusals(session, 1_001)
    assert org.token_requests == 1
    assert {error.diagnosis for error in others} == {first.diagnosis}
    assert {error.retry_after for error in others} == {5.0}
    assert len({id(error) for error in others}) == 1_000


async def test_tasks_are_held_back_too(session: orgkey.OrgSession, org: Org) -> None:
    org.refuse_next("user_not_approved", times=2_000)
    stale = orgkey.Secret("x").reveal()
    for _ in range(100):
        with pytest.raises(TokenRequestError):
            await session.atoken()
        with pytest.raises(TokenRequestError):
            await session.arenew(stale)
    assert org.token_requests == 1


def test_a_dead_grant_hammered_for_an_hour_is_asked_a_few_times(
    session: orgkey.OrgSession, org: Org, clock: FakeClock
) -> None:
    org.refuse_next("user_not_approved", times=10_000)
    asked = {}
    for second in range(3_600):
        refusals(session)
        clock.advance(1)
        asked[second + 1] = org.token_requests
    assert asked[5] == 1
    assert asked[6] == 2  # 5 s after the first one
    assert asked[3_600] == 17  # at 0, 5, 15, 35, 75, 155, 315 s, and every 5 minutes from there


def test_the_time_that_is_left_is_said(session: orgkey.OrgSession, org: Org, clock: FakeClock) -> None:
    org.refuse_next("user_not_approved")
    refusals(session)
    clock.advance(2)
    (error,) = refusals(session)
    assert error.retry_after == 3.0
    assert "for 3 s" in str(error)


def test_success_ends_it(session: orgkey.OrgSession, org: Org, clock: FakeClock) -> None:
    org.refuse_next("user_not_approved", times=2)
    refusals(session)
    clock.advance(5)
    assert refusals(session)[0].retry_after == 10.0
    clock.advance(10)
    stale = session.token()
    org.refuse_next("user_not_approved")
    with pytest.raises(TokenRequestError) as failure:
        session.renew(stale)
    assert failure.value.retry_after == 5.0


def test_reset_ends_it(session: orgkey.OrgSession, org: Org) -> None:
    org.refuse_next("user_not_approved")
    refusals(session, 3)
    session.reset()
    assert session.token().generation == 1
    assert org.token_requests == 2


def test_a_failure_in_passing_starts_one_as_well(session: orgkey.OrgSession, org: Org, clock: FakeClock) -> None:
    org.faults.add("token", drop="before", times=None)
    refusals(session, 50)
    assert org.token_requests == 3  # one renewal with its retries
    clock.advance(5)
    refusals(session, 50)
    assert org.token_requests == 6


def test_it_holds_for_one_session_only(session: orgkey.OrgSession, log_in: LogIn, org: Org) -> None:
    org.refuse_next("user_not_approved")
    refusals(session)
    assert log_in().token().generation == 1


# --- a fresh token that is rejected ------------------------------------------------------------------------------------------


def test_a_fresh_token_that_is_rejected_is_not_replaced_at_once(
    session: orgkey.OrgSession, org: Org, clock: FakeClock
) -> None:
    second = session.renew(session.token())
    with pytest.raises(CoolingDown) as refusal:
        session.renew(second)
    assert refusal.value.diagnosis.cause.id == "FRESH_TOKEN_REJECTED"
    assert refusal.value.retry_after == 5.0
    for _ in range(100):
        with pytest.raises(CoolingDown):
            session.token()
        with pytest.raises(CoolingDown):
            session.renew(second)
    assert org.token_requests == 2
    clock.advance(5)
    third = session.token()
    assert org.token_requests == 3
    with pytest.raises(CoolingDown) as refusal:
        session.renew(third)
    assert refusal.value.retry_after == 10.0
    assert org.token_requests == 3


def test_the_first_login_is_replaced_once(session: orgkey.OrgSession, org: Org) -> None:
    # It may have been revoked, or the org cut over; only a token that came in place of a rejected one is suspicious.
    assert session.renew(session.token()).generation == 2
    assert org.token_requests == 2


def test_a_call_that_succeeded_clears_a_token(session: orgkey.OrgSession) -> None:
    token = session.token()
    for generation in range(2, 20):
        token = session.renew(token)
        session.accepted(token)
        assert token.generation == generation


def test_a_call_that_succeeded_ends_the_cool_down_of_its_kind(session: orgkey.OrgSession, clock: FakeClock) -> None:
    with pytest.raises(CoolingDown):
        session.renew(session.renew(session.token()))
    clock.advance(5)
    token = session.token()
    session.accepted(token)
    assert session.failure is None
    assert session.renew(token).generation == token.generation + 1


def test_an_old_token_that_was_never_used_simply_expired(
    session: orgkey.OrgSession, org: Org, clock: FakeClock
) -> None:
    second = session.renew(session.token())
    clock.advance(15 * 60)
    assert session.renew(second).generation == 3
    assert org.token_requests == 3


def test_an_org_that_rejects_every_token_is_not_stormed(session: orgkey.OrgSession, org: Org, clock: FakeClock) -> None:
    # The client of a program that tries again and again, for ten minutes.
    for _ in range(600):
        try:
            token = session.token()
            org.expire_sessions()
            session.rejected(session.renew(token))
        except TokenRequestError:
            pass
        clock.advance(1)
    assert org.token_requests <= 12
