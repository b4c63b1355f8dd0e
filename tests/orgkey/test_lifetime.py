"""The model of Salesforce's session timeout: the second half of a window slides it, the first half does nothing."""

from __future__ import annotations

import base64
import json
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from raw_server import ORG_ID, RawServer, token_answer

import orgkey
from orgkey.errors import TokenRequestError
from orgkey.lifetime import Lifetime, Phase
from orgkey.secrets import Secret
from orgkey.token import jwt_expiry

if TYPE_CHECKING:
    from collections.abc import Callable

    from fake_clock import FakeClock

    from orgkey_sim import App, Org

    LogIn = Callable[..., orgkey.OrgSession]

MINUTE = 60.0


def test_a_session_ends_one_timeout_after_it_began() -> None:
    lifetime = Lifetime(0.0, timeout=30 * MINUTE)
    assert lifetime.phase(0.0) is Phase.GOOD
    assert lifetime.phase(28 * MINUTE) is Phase.GOOD
    assert lifetime.phase(29.5 * MINUTE) is Phase.ENDING
    assert lifetime.phase(30 * MINUTE) is Phase.ENDED


@pytest.mark.parametrize(
    ("timeout", "used_at", "ends_at"),
    [(30, 10, 30), (30, 14.9, 30), (30, 15, 45), (30, 20, 50), (30, 29.9, 59.9), (120, 61, 181), (120, 59, 120)],
)
def test_only_use_in_the_second_half_starts_a_new_window(timeout: float, used_at: float, ends_at: float) -> None:
    lifetime = Lifetime(0.0, timeout=timeout * MINUTE)
    lifetime.touch(used_at * MINUTE)
    assert lifetime.phase(ends_at * MINUTE - 0.1) is Phase.ENDING
    assert lifetime.phase(ends_at * MINUTE) is Phase.ENDED


def test_a_window_that_slid_has_a_second_half_of_its_own() -> None:
    lifetime = Lifetime(0.0, timeout=30 * MINUTE)
    lifetime.touch(20 * MINUTE)  # ends at 50
    lifetime.touch(30 * MINUTE)  # the first half of the new window
    assert lifetime.phase(50 * MINUTE) is Phase.ENDED
    lifetime = Lifetime(0.0, timeout=30 * MINUTE)
    lifetime.touch(20 * MINUTE)
    lifetime.touch(36 * MINUTE)
    assert lifetime.phase(50 * MINUTE) is Phase.GOOD


def test_use_after_the_end_revives_nothing() -> None:
    lifetime = Lifetime(0.0, timeout=30 * MINUTE)
    lifetime.touch(30 * MINUTE)
    lifetime.touch(31 * MINUTE)
    assert lifetime.phase(31 * MINUTE) is Phase.ENDED


def test_a_fixed_end_does_not_slide() -> None:
    lifetime = Lifetime(100.0, ends_at=100.0 + 30 * MINUTE)
    lifetime.touch(100.0 + 29 * MINUTE)
    assert lifetime.phase(100.0 + 30 * MINUTE) is Phase.ENDED


def test_a_fixed_end_wins_over_a_timeout() -> None:
    lifetime = Lifetime(0.0, timeout=120 * MINUTE, ends_at=30 * MINUTE)
    lifetime.touch(20 * MINUTE)
    assert lifetime.phase(30 * MINUTE) is Phase.ENDED


@pytest.mark.parametrize(("timeout", "margin"), [(15 * MINUTE, 45.0), (120 * MINUTE, 60.0), (24 * 60 * MINUTE, 60.0)])
def test_the_successor_is_due_shortly_before_the_end(timeout: float, margin: float) -> None:
    lifetime = Lifetime(0.0, timeout=timeout)
    assert lifetime.phase(timeout - margin - 0.1) is Phase.GOOD
    assert lifetime.phase(timeout - margin) is Phase.ENDING


def test_a_lifetime_without_any_end_is_refused() -> None:
    with pytest.raises(ValueError, match="timeout or an end"):
        Lifetime(0.0)


TIMES = st.lists(st.floats(0, 10_000), max_size=30).map(sorted)


@given(st.floats(1, 5_000), TIMES)
def test_a_session_never_outlives_its_last_use_by_more_than_a_timeout(timeout: float, uses: list[float]) -> None:
    lifetime = Lifetime(0.0, timeout=timeout)
    for use in uses:
        lifetime.touch(use)
    assert lifetime.phase(max([0.0, *uses]) + timeout) is Phase.ENDED


@given(st.floats(1, 5_000), TIMES)
def test_use_never_shortens_a_session(timeout: float, uses: list[float]) -> None:
    used, unused = Lifetime(0.0, timeout=timeout), Lifetime(0.0, timeout=timeout)
    for use in uses:
        used.touch(use)
        if unused.phase(use) is Phase.GOOD:
            assert used.phase(use) is Phase.GOOD


# --- at the local Salesforce -----------------------------------------------------------------------------------------------

HOURS = 3600.0


def landed(session: orgkey.OrgSession, generation: int) -> bool:
    """Whether the renewal that goes on behind everybody's back brings ``generation`` in time."""
    for _ in range(500):
        if session.token().generation == generation:
            return True
        threading.Event().wait(0.01)
    return False


def test_without_a_timeout_only_a_rejection_tells(session: orgkey.OrgSession, org: Org, clock: FakeClock) -> None:
    first = session.token()
    clock.advance(1_000 * HOURS)
    assert session.token() is first
    assert org.token_requests == 1


def test_a_session_that_ended_is_renewed_before_it_is_used(log_in: LogIn, org: Org, clock: FakeClock) -> None:
    session = log_in(session_timeout=2 * HOURS)
    session.token()
    clock.advance(2 * HOURS)
    assert session.token().generation == 2
    assert org.token_requests == 2


def test_the_successor_is_fetched_while_the_old_token_still_works(log_in: LogIn, org: Org, clock: FakeClock) -> None:
    session = log_in(session_timeout=2 * HOURS)
    first = session.token()
    clock.advance(2 * HOURS - 61)
    assert session.token() is first
    assert org.token_requests == 1
    clock.advance(1)
    org.faults.add("token", delay=0.3)
    # Nobody waits for it, and only one is made.
    assert all(session.token() is first for _ in range(1_000))
    assert landed(session, 2)
    assert org.token_requests == 2


async def test_a_task_does_not_wait_for_the_successor_either(log_in: LogIn, org: Org, clock: FakeClock) -> None:
    session = log_in(session_timeout=2 * HOURS)
    first = await session.atoken()
    clock.advance(2 * HOURS - 30)
    org.faults.add("token", delay=0.3)
    assert await session.atoken() is first


def test_a_renewal_ahead_that_fails_hurts_nobody_and_storms_nobody(log_in: LogIn, org: Org, clock: FakeClock) -> None:
    session = log_in(session_timeout=2 * HOURS)
    first = session.token()
    clock.advance(2 * HOURS - 60)
    org.refuse_next("user_not_approved", times=100)
    for _ in range(50):
        assert session.token() is first
    while session.failure is None:
        threading.Event().wait(0.01)
    assert all(session.token() is first for _ in range(1_000))
    assert org.token_requests == 2
    # The model says that it ended. It may be wrong, and Salesforce decides: no storm either way.
    clock.advance(61)
    for _ in range(100):
        with suppress(TokenRequestError):
            assert session.token() is first
    assert org.token_requests <= 3


def test_use_in_the_second_half_slides_the_session_as_the_org_does(
    log_in: LogIn, org: Org, app: App, clock: FakeClock
) -> None:
    app.session_minutes = 30
    session = log_in(session_timeout=30 * MINUTE)
    first = session.token()
    for minute in range(200):
        assert session.userinfo()["organization_id"] == org.org_id, minute
        clock.advance(MINUTE)
    assert session.token() is first
    assert org.token_requests == 1
    assert org.count(endpoint="userinfo", status=403) == 0


@pytest.mark.parametrize("used_at", [5, 14, 16, 25])
def test_model_and_org_agree_on_when_a_session_ends(
    log_in: LogIn, org: Org, app: App, clock: FakeClock, used_at: int
) -> None:
    app.session_minutes = 30
    session = log_in(session_timeout=30 * MINUTE)
    session.token()
    clock.advance(used_at * MINUTE)
    session.userinfo()
    ends_at = 30 if used_at < 15 else used_at + 30
    clock.advance((ends_at - used_at) * MINUTE - 1)
    assert len([each for each in org.sessions if each.is_alive(clock.now())]) == 1
    assert session.token().generation == 1
    assert landed(session, 2)
    clock.advance(2)
    assert org.token_requests == 2


def test_a_rejection_is_believed_over_the_model(log_in: LogIn, org: Org, clock: FakeClock) -> None:
    session = log_in(session_timeout=2 * HOURS)
    session.token()
    clock.advance(60)
    org.expire_sessions()
    assert session.userinfo()["organization_id"] == org.org_id
    assert session.token().generation == 2


def test_a_jwt_format_token_ends_at_its_exp_whatever_the_use(log_in: LogIn, org: Org, clock: FakeClock) -> None:
    app = org.create_app("Short", token_format="jwt")
    session = log_in(app, session_timeout=2 * HOURS)
    first = session.token()
    assert first.format == "jwt"
    assert first.expires_at == pytest.approx(clock.now() + 30 * MINUTE, abs=2)
    for _ in range(28):
        session.accepted(first)
        clock.advance(MINUTE)
        assert session.token() is first
    clock.advance(2 * MINUTE)
    assert session.token().generation == 2


def test_a_jwt_format_token_is_renewed_ahead(log_in: LogIn, org: Org, clock: FakeClock) -> None:
    session = log_in(org.create_app("Short", token_format="jwt"))
    first = session.token()
    clock.advance(30 * MINUTE - 30)
    assert session.token() is first
    assert landed(session, 2)


def test_a_clock_that_is_wrong_ends_no_jwt_format_token_early(log_in: LogIn, org: Org, clock: FakeClock) -> None:
    org.policies.issued_at_in_jwt_answer = True
    session = log_in(org.create_app("Short", token_format="jwt"))
    clock.skew = 100 * MINUTE
    session.token()
    assert session.token().generation == 1
    assert org.token_requests == 1


def jwt_token(**claims: Any) -> str:
    parts = [json.dumps({"alg": "RS256"}), json.dumps(claims)]
    return ".".join(base64.urlsafe_b64encode(part.encode()).rstrip(b"=").decode() for part in parts) + "." + "c2ln" * 20


@pytest.mark.parametrize("ends_in", [-3600, -1, 0])
@pytest.mark.parametrize("issued_at", ["1800000000000", None, "1900000000000"])
def test_a_token_that_ended_before_it_came_causes_no_storm(
    clock: FakeClock, ends_in: int, issued_at: str | None
) -> None:
    with RawServer() as server:
        token = jwt_token(exp=1_800_000_000 + ends_in)
        server.answer = lambda _line, _request: token_answer(server.url, token, issued_at=issued_at)
        grant = orgkey.ClientCredentials("x", "canary-raw-0123456789abcdef")
        options = orgkey.SessionOptions(allow_loopback_http=True)
        session = orgkey.OrgSession(grant, server.url, options, clock=clock)
        for _ in range(100):
            with suppress(TokenRequestError):
                session.token()
        assert len(server.requests) <= 2


NO_END: dict[str, Any] = {
    "no exp": {},
    "text": {"exp": "soon"},
    "null": {"exp": None},
    "a list": {"exp": [1]},
    "beyond any float": {"exp": 10**400},
    "not a number": {"exp": float("nan")},
    "infinite": {"exp": float("inf")},
}


@pytest.mark.parametrize("claims", NO_END)
def test_an_exp_that_is_no_time_counts_as_none(claims: str) -> None:
    assert jwt_expiry(Secret(jwt_token(**NO_END[claims]))) is None


@pytest.mark.parametrize(
    "text",
    ["eyJ", "eyJ.", "eyJ.x.y", "eyJ..", "eyJ." + "\u00e9", "eyJ.bnVsbA.x", "eyJ.WzFd.x", "eyJ.IiI.x", f"{ORG_ID}!abc"],
)
def test_a_token_that_only_looks_like_a_jwt_has_no_end(text: str) -> None:
    assert jwt_expiry(Secret(text)) is None


def test_a_payload_that_nests_without_end_is_survived() -> None:
    payload = base64.urlsafe_b64encode(b"[" * 100_000).decode()
    assert jwt_expiry(Secret(f"eyJ.{payload}.x")) is None


@given(st.text())
def test_any_text_may_be_asked_for_its_end(text: str) -> None:
    jwt_expiry(Secret(f"eyJ.{text}.x"))
