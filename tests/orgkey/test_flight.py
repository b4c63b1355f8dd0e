"""Single flight: however many meet an expired token, one request is made and nobody is left hanging."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

import crowd
import pytest
from fake_clock import FakeClock

import orgkey
from orgkey.errors import TokenRequestError
from orgkey.flight import Flight

if TYPE_CHECKING:
    from collections.abc import Callable

    from fake_clock import FakeClock

    from orgkey_sim import Org

    LogIn = Callable[..., orgkey.OrgSession]


def expired(session: orgkey.OrgSession, org: Org, delay: float) -> orgkey.Token:
    """A token that the org has ended, while its token endpoint takes ``delay`` seconds."""
    token = session.token()
    org.expire_sessions()
    org.clear_log()
    if delay:
        org.faults.add("token", delay=delay)
    return token


def all_have(outcomes: list[orgkey.Token | BaseException], session: orgkey.OrgSession) -> bool:
    return all(outcome is session.token() for outcome in outcomes)


DELAYS = pytest.mark.parametrize("delay", [0.0, 0.05, 1.0])


@DELAYS
def test_a_thousand_threads_make_one_token_request(session: orgkey.OrgSession, org: Org, delay: float) -> None:
    stale = expired(session, org, delay)
    outcomes = crowd.threads(1_000, lambda: session.renew(stale))
    assert all_have(outcomes, session)
    assert (org.token_requests, session.token().generation) == (1, 2)


@DELAYS
async def test_a_thousand_tasks_make_one_token_request(session: orgkey.OrgSession, org: Org, delay: float) -> None:
    stale = expired(session, org, delay)
    outcomes = await crowd.tasks(1_000, lambda: session.arenew(stale))
    assert all_have(outcomes, session)
    assert (org.token_requests, session.token().generation) == (1, 2)


@DELAYS
def test_threads_and_tasks_of_several_loops_make_one_token_request(
    session: orgkey.OrgSession, org: Org, delay: float
) -> None:
    stale = expired(session, org, delay)
    with ThreadPoolExecutor(1) as pool:
        tasks = pool.submit(crowd.loops, 5, 100, lambda: session.arenew(stale))
        outcomes = crowd.threads(500, lambda: session.renew(stale)) + tasks.result(30)
    assert len(outcomes) == 1_000
    assert all_have(outcomes, session)
    assert org.token_requests == 1


@pytest.mark.parametrize("delay", [0.0, 0.05])
def test_the_first_login_is_one_too(log_in: LogIn, org: Org, delay: float) -> None:
    org.faults.add("token", delay=delay)
    session = log_in(grant="client_credentials")
    assert all_have(crowd.threads(1_000, session.token), session)
    assert org.token_requests == 1


def test_a_session_that_ended_by_the_model_is_renewed_once(log_in: LogIn, org: Org, clock: FakeClock) -> None:
    session = log_in(session_timeout=7200)
    for _ in range(10):
        session.token()
        clock.advance(7200)
        org.clear_log()
        outcomes = crowd.threads(100, session.token)
        assert all_have(outcomes, session)
        assert org.token_requests == 1


class PausingCooldown:
    """Stands between the two looks that ``token()`` takes at the current token."""

    error = None

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        self.meanwhile = meanwhile

    def refusal(self, _now: float) -> None:
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()

    def end(self) -> None:
        pass


def test_a_renewal_between_two_looks_is_not_made_again(log_in: LogIn, org: Org, clock: FakeClock) -> None:
    session = log_in(session_timeout=7200)
    first = session.token()
    clock.advance(7200)
    session._cooldown = PausingCooldown(lambda: session.renew(first))  # type: ignore[assignment]
    assert session.token().generation == 2
    assert org.token_requests == 2


class MeetingClock(FakeClock):
    """Where asked for the time, waits a moment for a second caller to ask as well."""

    def __init__(self) -> None:
        super().__init__()
        self.meeting: threading.Barrier | None = None

    def monotonic(self) -> float:
        if self.meeting is not None:
            with suppress(threading.BrokenBarrierError):
                self.meeting.wait(0.3)
        return super().monotonic()


def test_two_callers_decide_one_after_the_other(log_in: LogIn, org: Org) -> None:
    clock = MeetingClock()
    session = log_in(clock=clock)
    stale = session.token()
    clock.meeting = threading.Barrier(2)
    outcomes = crowd.threads(2, lambda: session.renew(stale))
    assert all_have(outcomes, session)
    assert org.token_requests == 2


def test_everybody_gets_the_failure_and_one_request_is_made(session: orgkey.OrgSession, org: Org) -> None:
    stale = expired(session, org, 0.2)
    org.refuse_next("user_not_approved", times=5)
    outcomes = crowd.threads(300, lambda: session.renew(stale))
    assert org.token_requests == 1
    errors = [outcome for outcome in outcomes if isinstance(outcome, TokenRequestError)]
    assert len(errors) == 300
    assert {error.diagnosis.cause.id for error in errors} == {"USER_NOT_APPROVED"}
    # One object raised in many threads would mix their tracebacks.
    assert len({id(error) for error in errors}) == 300
    assert all(error.retry_after > 0 for error in errors)


async def test_tasks_get_the_failure_too(session: orgkey.OrgSession, org: Org) -> None:
    stale = expired(session, org, 0.2)
    org.refuse_next("user_not_approved", times=5)
    outcomes = await crowd.tasks(300, lambda: session.arenew(stale))
    assert org.token_requests == 1
    assert len({id(outcome) for outcome in outcomes if isinstance(outcome, TokenRequestError)}) == 300


def test_the_leader_is_cancelled_and_its_loop_closes_while_others_wait(session: orgkey.OrgSession, org: Org) -> None:
    stale = expired(session, org, 0.5)

    async def lead_and_leave() -> None:
        leader = asyncio.create_task(session.arenew(stale))
        await asyncio.sleep(0)  # its turn, until it waits
        assert session._flight is not None
        leader.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leader

    asyncio.run(lead_and_leave())  # its loop is closed from here on, with the request still on its way
    assert org.token_requests == 0
    with ThreadPoolExecutor(1) as pool:
        tasks = pool.submit(crowd.loops, 3, 10, lambda: session.arenew(stale))
        outcomes = crowd.threads(30, lambda: session.renew(stale)) + tasks.result(30)
    assert all_have(outcomes, session)
    assert (org.token_requests, session.token().generation) == (1, 2)


def test_a_loop_that_closes_while_its_tasks_wait_harms_nobody(session: orgkey.OrgSession, org: Org) -> None:
    stale = expired(session, org, 0.3)
    abandoned = asyncio.new_event_loop()
    waiter = abandoned.create_task(session.arenew(stale))
    abandoned.run_until_complete(asyncio.sleep(0.01))  # the task waits now
    outcomes = crowd.threads(10, lambda: session.renew(stale), during=abandoned.close)
    assert all_have(outcomes, session)
    assert org.token_requests == 1
    waiter._log_destroy_pending = False  # type: ignore[attr-defined]  # it is meant to be left behind


async def test_a_task_that_gives_up_takes_nothing_from_the_others(session: orgkey.OrgSession, org: Org) -> None:
    stale = expired(session, org, 0.3)
    patient = [asyncio.create_task(session.arenew(stale)) for _ in range(5)]
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(session.arenew(stale), 0.05)
    assert {(await task).generation for task in patient} == {2}
    assert org.token_requests == 1


async def test_a_renewal_does_not_block_its_loop(session: orgkey.OrgSession, org: Org) -> None:
    stale = expired(session, org, 0.3)
    renewal = asyncio.create_task(session.arenew(stale))
    turns = 0
    while not renewal.done():
        await asyncio.sleep(0.005)
        turns += 1
    assert turns > 10


def test_an_error_that_nobody_foresaw_reaches_everybody(log_in: LogIn, org: Org, clock: FakeClock) -> None:
    class BrokenSigner:
        algorithm = "RS256"
        certificate = None

        def sign(self, data: bytes) -> bytes:
            raise OSError("the HSM is on fire")

    grant = orgkey.JWTBearer("x", "agent@acme.example", BrokenSigner())
    options = orgkey.SessionOptions(allow_loopback_http=True)
    session = orgkey.OrgSession(grant, org.login_url, options, clock=clock)
    outcomes = crowd.threads(20, session.token)
    assert {str(outcome) for outcome in outcomes} == {"the HSM is on fire"}
    with pytest.raises(OSError, match="on fire"):
        session.token()


def test_a_machine_without_another_thread_still_renews(
    session: orgkey.OrgSession, org: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale = expired(session, org, 0)

    def no_more(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", no_more)
        landed: Flight[int] = Flight()
        landed.launch(lambda: 7)
    assert landed.wait() == 7
    assert session.renew(stale).generation == 2


def test_a_caller_waits_as_long_as_it_was_told_and_the_renewal_goes_on(log_in: LogIn, org: Org) -> None:
    org.faults.add("token", delay=0.5)
    session = log_in(wait=0.05)
    with pytest.raises(orgkey.RefreshInProgress) as caught:
        session.token()
    assert caught.value.retry_after > 0
    assert not caught.value.permanent
    flight = session._flight
    assert flight is not None
    assert flight.wait(10) is session.token()
    assert org.token_requests == 1


async def test_a_task_waits_as_long_as_it_was_told_too(log_in: LogIn, org: Org) -> None:
    org.faults.add("token", delay=0.5)
    session = log_in(wait=0.05)
    with pytest.raises(orgkey.RefreshInProgress):
        await session.atoken()
    flight = session._flight
    assert flight is not None
    assert await flight.wait_async(10) is await session.atoken()
    assert org.token_requests == 1
