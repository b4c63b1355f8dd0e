"""Authorization code with PKCE, refresh tokens and their rotation."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import pytest
from logins import Login

if TYPE_CHECKING:
    import httpx

    from orgkey_sim import App, Org, World

CALLBACK = "https://agent.example/callback"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture
def app(org: Org) -> App:
    return org.create_app("Web Agent", scopes=["api", "refresh_token"], callback_urls=[CALLBACK])


def redirect(login: Login, **changes: str) -> dict[str, str]:
    query = {
        "response_type": "code",
        "client_id": login.client_id,
        "redirect_uri": CALLBACK,
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **changes,
    }
    answer = login.http.get("/services/oauth2/authorize", params=query)
    assert answer.status_code == 302
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


def exchange(login: Login, code: str, **changes: str) -> httpx.Response:
    return login.post(
        **{
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER,
            "client_id": login.client_id,
            "client_secret": login.client_secret,
            **changes,
        }
    )


def refresh(login: Login, token: str, **changes: str) -> httpx.Response:
    client = {"client_id": login.client_id, "client_secret": login.client_secret}
    return login.post(**{"grant_type": "refresh_token", "refresh_token": token, **client, **changes})


def why(answer: httpx.Response) -> str:
    assert answer.status_code == 400, answer.text
    return str(answer.json()["error_description"])


def test_a_code_becomes_tokens_once(login: Login, org: Org) -> None:
    user = org.create_user("web@acme.example")
    sent = redirect(login, state="invented", login_hint=user.username)
    assert sent["state"] == "invented"
    answer = exchange(login, sent["code"]).json()
    assert answer["id"].endswith(user.id)
    assert answer["scope"] == "api refresh_token"
    assert login.limits(answer["access_token"]).status_code == 200
    assert why(exchange(login, sent["code"])) == "invalid authorization code"


def test_without_the_scope_there_is_no_refresh_token(login: Login) -> None:
    assert "refresh_token" not in exchange(login, redirect(login, scope="api")["code"]).json()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"code_verifier": "w" * 43}, "invalid code verifier"),
        ({"code_verifier": ""}, "invalid code verifier"),
        ({"redirect_uri": CALLBACK + "/"}, "redirect_uri must match configuration"),
        ({"client_secret": "wrong"}, "invalid client credentials"),
    ],
)
def test_a_code_is_good_for_who_asked_for_it(login: Login, changes: dict[str, str], reason: str) -> None:
    answer = exchange(login, redirect(login)["code"], **changes)
    assert answer.json()["error_description"] == reason


def test_a_code_is_good_for_fifteen_minutes(salesforce_world: World) -> None:
    app = salesforce_world.create_org("acme").create_app("Web Agent", callback_urls=[CALLBACK])
    with Login(app) as login:
        code = redirect(login)["code"]
        salesforce_world.clock.advance(900)
        assert why(exchange(login, code)) == "expired authorization code"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"scope": "api full"}, "invalid_scope"),
    ],
)
def test_a_request_that_is_not_granted(login: Login, changes: dict[str, str], error: str) -> None:
    assert redirect(login, **changes)["error"] == error


def test_no_browser_is_sent_to_an_address_that_is_not_the_apps(login: Login) -> None:
    for changes, error in (
        ({"redirect_uri": "https://evil.example/"}, "redirect_uri_mismatch"),
        ({"redirect_uri": ""}, "redirect_uri_missing"),
        ({"client_id": "nobody"}, "invalid_client_id"),
    ):
        query = {"response_type": "code", "client_id": login.client_id, "redirect_uri": CALLBACK, **changes}
        answer = login.http.get("/services/oauth2/authorize", params=query)
        assert (answer.status_code, dict(parse_qsl(answer.text))["error"]) == (400, error)


def test_rotation_gives_a_new_refresh_token_each_time(login: Login) -> None:
    first = exchange(login, redirect(login)["code"]).json()["refresh_token"]
    answer = refresh(login, first).json()
    assert login.limits(answer["access_token"]).status_code == 200
    assert answer["refresh_token"] != first
    assert refresh(login, answer["refresh_token"]).status_code == 200


def test_who_replays_a_spent_refresh_token_loses_the_family(login: Login) -> None:
    first = exchange(login, redirect(login)["code"]).json()["refresh_token"]
    answer = refresh(login, first).json()
    assert why(refresh(login, first)) == "expired access/refresh token"
    assert why(refresh(login, answer["refresh_token"])) == "expired access/refresh token"
    assert login.limits(answer["access_token"]).status_code == 401


def test_one_family_does_not_take_another_with_it(login: Login, org: Org) -> None:
    other_user = org.create_user("other@acme.example")
    first = exchange(login, redirect(login)["code"]).json()["refresh_token"]
    other = exchange(login, redirect(login, login_hint=other_user.username)["code"]).json()
    refresh(login, first)
    refresh(login, first)
    assert login.limits(other["access_token"]).status_code == 200
    assert refresh(login, other["refresh_token"]).status_code == 200


def test_without_rotation_a_refresh_token_stays(login: Login, app: App) -> None:
    app.rotates_refresh_tokens = False
    token = exchange(login, redirect(login)["code"]).json()["refresh_token"]
    assert "refresh_token" not in refresh(login, token).json()
    assert refresh(login, token).status_code == 200


def test_a_refresh_token_is_its_apps_own(login: Login, org: Org) -> None:
    token = exchange(login, redirect(login)["code"]).json()["refresh_token"]
    with Login(org.create_app("Other")) as other:
        assert why(refresh(other, token)) == "expired access/refresh token"
    assert why(refresh(login, token, client_secret="wrong")) == "invalid client credentials"
    assert refresh(login, token).status_code == 200


def test_a_public_client_needs_no_secret(login: Login, app: App) -> None:
    app.secret_required = False
    answer = exchange(login, redirect(login)["code"], client_secret="")
    assert refresh(login, answer.json()["refresh_token"], client_secret="").status_code == 200
    assert why(exchange(login, redirect(login)["code"], client_secret="wrong")) == "invalid client credentials"


def test_revoking_a_refresh_token_ends_what_came_of_it(login: Login, org: Org, app: App) -> None:
    answer = exchange(login, redirect(login)["code"]).json()
    assert login.http.post("/services/oauth2/revoke", data={"token": answer["refresh_token"]}).status_code == 200
    assert login.limits(answer["access_token"]).status_code == 401
    assert why(refresh(login, answer["refresh_token"])) == "expired access/refresh token"
    again = exchange(login, redirect(login)["code"]).json()
    assert org.revoke(app) == 2
    assert why(refresh(login, again["refresh_token"])) == "expired access/refresh token"


def test_self_authorizing_users_consent_by_logging_in(login: Login, app: App, org: Org) -> None:
    (user,) = org.users.values()
    app.permitted_users = "all_users"
    app.withdraw_approval(user)
    assert why(login.jwt()) == "user hasn't approved this consumer"
    redirect(login)
    assert login.jwt().status_code == 200
