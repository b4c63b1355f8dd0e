"""What a consent lives through: the two pages, refresh token policies, approvals, and answers that go astray."""

from __future__ import annotations

import re
import threading
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from logins import Login

from orgkey_sim import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_sim import App, Org, User

CALLBACK = "https://agent.example/callback"
DEAD = "expired access/refresh token"


@pytest.fixture
def own_world() -> Iterator[World]:
    with World() as world:
        yield world


@pytest.fixture
def org(own_world: World) -> Org:
    return own_world.create_org("acme")


@pytest.fixture
def user(org: Org) -> User:
    return org.create_user("ada@acme.example", password="pw", name="Ada")


@pytest.fixture
def app(org: Org, user: User) -> App:
    return org.create_app(
        "Web Agent",
        scopes=["api", "refresh_token"],
        callback_urls=[CALLBACK],
        pkce_required=False,
        permitted_users="all_users",
    )


@pytest.fixture
def browser(org: Org) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=org.login_url, trust_env=False) as client:
        yield client


def ask(app: App, **changes: str) -> str:
    query = {"response_type": "code", "client_id": app.client_id, "redirect_uri": CALLBACK, "state": "s", **changes}
    return str(httpx.URL("/services/oauth2/authorize", params=query))


def action(page: httpx.Response) -> str:
    found = re.search(r'<form method="post" action="([^"]+)"', page.text)
    assert found, page.text
    return unescape(found[1])


def log_in(browser: httpx.Client, page: httpx.Response, password: str = "pw") -> httpx.Response:
    form = {"username": "ada@acme.example", "pw": password, "Login": "Log In"}
    return browser.post(action(page), data=form)


def decide(browser: httpx.Client, page: httpx.Response, decision: str, nonce: str | None = None) -> httpx.Response:
    shown = re.search(r'name="nonce" value="([^"]+)"', page.text)
    assert shown, page.text
    return browser.post(action(page), data={"decision": decision, "nonce": shown[1] if nonce is None else nonce})


def landed(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code in {302, 303}, answer.text
    address, _, query = answer.headers["location"].partition("?")
    assert address == CALLBACK
    return dict(parse_qsl(query))


def consent(login: Login) -> str:
    answer = login.http.get(ask_of(login))
    code = dict(parse_qsl(urlsplit(answer.headers["location"]).query))["code"]
    fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    return str(login.post(**fields, **client(login)).json()["refresh_token"])


def ask_of(login: Login) -> str:
    query = {"response_type": "code", "client_id": login.client_id, "redirect_uri": CALLBACK}
    return str(httpx.URL("/services/oauth2/authorize", params=query))


def client(login: Login) -> dict[str, str]:
    return {"client_id": login.client_id, "client_secret": login.client_secret}


def refresh(login: Login, token: str) -> httpx.Response:
    return login.post(grant_type="refresh_token", refresh_token=token, **client(login))


def test_a_person_logs_in_allows_and_comes_back_with_a_code(org: Org, app: App, browser: httpx.Client) -> None:
    org.policies.consent_pages = True
    page = browser.get(ask(app, login_hint="ada@acme.example"))
    assert 'value="ada@acme.example"' in page.text
    assert page.headers["cache-control"] == "no-cache, no-store"
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    page = log_in(browser, page)
    assert "Web Agent" in page.text
    assert "Perform requests at any time" in page.text
    back = landed(decide(browser, page, "allow"))
    assert back["state"] == "s"
    with Login(app) as login:
        exchanged = login.post(
            grant_type="authorization_code", code=back["code"], redirect_uri=CALLBACK, **client(login)
        )
    assert exchanged.json()["refresh_token"]
    # Who is logged in and has consented is not asked a second time, unless the app wants it.
    assert "code" in landed(browser.get(ask(app)))
    assert "Allow Access?" in browser.get(ask(app, prompt="consent")).text
    assert "Password" in browser.get(ask(app, prompt="login")).text


def test_deny_is_an_answer_too(org: Org, app: App, browser: httpx.Client) -> None:
    org.policies.consent_pages = True
    back = landed(decide(browser, log_in(browser, browser.get(ask(app))), "deny"))
    assert back == {"error": "access_denied", "error_description": "end-user denied authorization", "state": "s"}


def test_a_wrong_password_gets_nowhere(org: Org, app: App, browser: httpx.Client) -> None:
    org.policies.consent_pages = True
    page = log_in(browser, browser.get(ask(app)), password="wrong")
    assert page.status_code == 401
    assert "check your username and password" in page.text
    assert landed(browser.get(ask(app, prompt="none")))["error"] == "immediate_unsuccessful"


def test_another_page_cannot_press_allow(org: Org, app: App, browser: httpx.Client) -> None:
    org.policies.consent_pages = True
    page = log_in(browser, browser.get(ask(app)))
    assert "Allow Access?" in decide(browser, page, "allow", nonce="guessed").text
    assert "Allow Access?" in browser.get(ask(app, decision="allow")).text


def test_what_comes_in_is_no_markup(org: Org, app: App, browser: httpx.Client) -> None:
    org.policies.consent_pages = True
    page = browser.get(ask(app, login_hint='"><script>alert(1)</script>', state='"><b>'))
    assert "<script>" not in page.text
    assert "<b>" not in page.text


@pytest.mark.parametrize(
    ("policy", "use_it_daily", "lives"),
    [("infinite", False, True), ("idle", True, True), ("idle", False, False), ("lifetime", True, False)],
)
def test_refresh_tokens_end_by_policy(
    own_world: World, app: App, policy: str, *, use_it_daily: bool, lives: bool
) -> None:
    app.refresh_policy, app.refresh_days = policy, 30  # type: ignore[assignment]  # one of its literals
    with Login(app) as login:
        token = consent(login)
        for _ in range(3):
            if use_it_daily:
                answer = refresh(login, token)
                assert answer.status_code == 200, answer.text
                token = answer.json()["refresh_token"]
            own_world.clock.advance(11 * 86_400)
        answer = refresh(login, token)
        assert (answer.status_code == 200) is lives
        if not lives:
            assert answer.json()["error_description"] == DEAD


def test_a_refresh_token_that_ends_at_once(app: App) -> None:
    app.refresh_policy = "immediate"
    with Login(app) as login:
        assert refresh(login, consent(login)).json()["error_description"] == DEAD


def test_a_sixth_approval_pushes_the_first_one_out(app: App) -> None:
    with Login(app) as login:
        tokens = [consent(login) for _ in range(6)]
        assert [refresh(login, token).status_code for token in tokens] == [400] + [200] * 5


def test_codes_and_refresh_tokens_may_be_bound_to_addresses(app: App) -> None:
    with Login(app) as login:
        token = consent(login)
        app.refresh_ip_ranges = ("203.0.113.0/24",)
        assert refresh(login, token).json()["error_description"] == "ip restricted or invalid login hours"
        app.refresh_ip_ranges = ("127.0.0.0/8",)
        assert refresh(login, token).status_code == 200


def test_a_range_that_is_none_is_refused(org: Org) -> None:
    with pytest.raises(ValueError, match="refresh_ip_ranges"):
        org.create_app("Other", refresh_ip_ranges=["nowhere"])


def test_two_refreshes_at_once_are_one_too_many(org: Org, app: App) -> None:
    org.policies.refresh_seconds = 0.3
    with Login(app) as login:
        token = consent(login)
        answers: list[httpx.Response] = []
        threads = [threading.Thread(target=lambda: answers.append(refresh(login, token))) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        refused, granted = sorted(answers, key=lambda answer: -answer.status_code)
        assert refused.json()["error_description"] == "token request is already being processed"
        assert refresh(login, granted.json()["refresh_token"]).status_code == 200


def test_one_consent_revoked_leaves_another_of_the_same_user(app: App) -> None:
    with Login(app) as login:
        first, second = consent(login), consent(login)
        token = refresh(login, second).json()
        assert login.http.post("/services/oauth2/revoke", data={"token": first}).status_code == 200
        assert login.limits(token["access_token"]).status_code == 200
        assert refresh(login, token["refresh_token"]).status_code == 200


def test_a_late_answer_has_done_its_work(org: Org, app: App) -> None:
    with Login(app) as login:
        token = consent(login)
        org.faults.add("token", late=0.4)
        with pytest.raises(httpx.ReadTimeout):
            login.http.post(
                "/services/oauth2/token",
                data={"grant_type": "refresh_token", "refresh_token": token, **client(login)},
                timeout=0.1,
            )
        assert refresh(login, token).json()["error_description"] == DEAD  # rotated, so this was a replay


def test_a_request_that_arrives_twice_is_a_replay(org: Org, app: App) -> None:
    with Login(app) as login:
        token = consent(login)
        org.faults.add("token", repeat=True)
        assert refresh(login, token).json()["error_description"] == DEAD
        assert org.count(endpoint="token", fault="repeat") == 1


def test_a_refresh_token_can_be_introspected(app: App) -> None:
    with Login(app) as login:
        first = consent(login)

        def ask_about(token: str) -> dict[str, object]:
            form = {"token": token, "token_type_hint": "refresh_token", **client(login)}
            return dict(login.http.post("/services/oauth2/introspect", data=form).json())

        assert ask_about(first)["username"] == login.username
        second = refresh(login, first).json()["refresh_token"]
        assert ask_about(first) == {"active": False}
        assert ask_about(second)["token_type"] == "refresh_token"


def test_it_can_all_be_set_over_http(own_world: World, org: Org) -> None:
    with httpx.Client(base_url=own_world.control_url, trust_env=False) as control:
        settings = {
            "name": "Over HTTP",
            "refresh_policy": "idle",
            "refresh_days": 7,
            "refresh_ip_ranges": ["127.0.0.0/8"],
        }
        assert control.post("/orgs/acme/create_app", json=settings).status_code == 200
        assert (
            control.post("/orgs/acme/faults", json={"endpoint": "token", "late": 1, "repeat": True}).status_code == 200
        )
        policies = {"consent_pages": True, "refresh_seconds": 0.5}
        assert control.patch("/orgs/acme/policies", json=policies).status_code == 200
    made = org.app("Over HTTP")
    assert made is not None
    assert (made.refresh_policy, made.refresh_days, made.refresh_ip_ranges) == ("idle", 7, ("127.0.0.0/8",))
    assert org.faults.as_list()[0]["repeat"] is True
    assert (org.policies.consent_pages, org.policies.refresh_seconds) == (True, 0.5)
