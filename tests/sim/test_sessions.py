from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fake_clock import FakeClock
from logins import Login

from orgkey_sim import VirtualClock, World
from orgkey_sim.sessions import Sessions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_sim import App, Org

MINUTE = 60.0


@pytest.fixture
def world() -> Iterator[World]:
    with World(clock=VirtualClock(source=lambda: 1_800_000_000.0)) as world:
        yield world


@pytest.fixture
def org(world: World) -> Org:
    org = world.create_org("acme")
    org.policies.session_minutes = 30
    return org


@pytest.mark.parametrize(
    ("calls_at", "dies_at"),
    [
        ([], 30),
        ([10], 30),
        ([14.99], 30),
        ([15], 45),
        ([20], 50),
        ([20, 30], 50),
        ([20, 36], 66),
    ],
)
def test_only_activity_in_the_second_half_starts_a_session_over(
    world: World, org: Org, calls_at: list[float], dies_at: float
) -> None:
    start = world.clock.now()

    def status_at(minutes: float) -> int:
        world.clock.advance(start + minutes * MINUTE - world.clock.now())
        return login.limits(token).status_code

    with Login(org.create_app("Agent")) as login:
        token = login.client_credentials().json()["access_token"]
        for minutes in calls_at:
            assert status_at(minutes) == 200
        assert org.sessions.find(token, start + dies_at * MINUTE - 1) is not None
        assert status_at(dies_at) == 401


def test_a_session_is_good_until_its_last_second(world: World, org: Org) -> None:
    with Login(org.create_app("Agent", session_minutes=20)) as login:
        token = login.client_credentials().json()["access_token"]
        world.clock.advance(20 * MINUTE - 0.01)
        assert org.sessions.find(token, world.clock.now()) is not None
        world.clock.advance(0.01)
        assert org.sessions.find(token, world.clock.now()) is None


def start(sessions: Sessions, app: App, token: str) -> None:
    sessions.start(
        token,
        app.run_as or pytest.fail("no Run-As user"),
        app,
        scopes=frozenset({"api"}),
        token_format="opaque",
        now=0.0,
        lifetime=MINUTE,
    )


def test_sessions_end_by_token_user_and_app(org: Org) -> None:
    agent = org.create_app("Agent")
    other = org.create_app("Other", run_as=org.create_user("other@acme.example"))
    sessions = Sessions()
    for number, app in enumerate((agent, agent, other)):
        start(sessions, app, f"token {number}")
    assert sessions.end(token="token 0") == 1
    assert sessions.end(user=other.run_as) == 1
    assert [session.token for session in sessions] == ["token 1"]
    assert sessions.end(app=other) == 0
    assert sessions.end() == 1
    assert len(sessions) == 0


def test_generations_count_the_logins_of_one_user_and_app(org: Org) -> None:
    agent, other = org.create_app("Agent"), org.create_app("Other")
    sessions = Sessions()
    for number, app in enumerate((agent, agent, other, agent)):
        start(sessions, app, f"token {number}")
    assert [session.generation for session in sessions] == [1, 2, 1, 3]


def test_the_oldest_sessions_are_forgotten_when_there_are_very_many(org: Org) -> None:
    app = org.create_app("Agent")
    sessions = Sessions()
    for number in range(10_001):
        start(sessions, app, str(number))
    assert len(sessions) <= 10_000
    assert sessions.find("0", 0.0) is None
    assert sessions.find("10000", 0.0) is not None


def test_a_session_shows_no_token(org: Org) -> None:
    with Login(org.create_app("Agent")) as login:
        token = login.client_credentials().json()["access_token"]
    (session,) = org.sessions
    assert token not in repr(session)
    assert session.fingerprint == org.log[-1].token != token


def test_a_clients_fake_clock_drives_the_world(org: Org) -> None:
    fake = FakeClock()
    clock = VirtualClock(source=fake.now)
    before = clock.now(), clock.wall()
    fake.advance(60)
    assert (clock.now(), clock.wall()) == (before[0] + 60, before[1] + 60)
    clock.advance(60)
    assert (clock.now(), clock.wall()) == (before[0] + 120, before[1] + 60)


@pytest.mark.parametrize("seconds", [-1, float("nan")])
def test_time_does_not_run_backwards(seconds: float) -> None:
    with pytest.raises(ValueError, match="cannot advance the clock"):
        VirtualClock().advance(seconds)
