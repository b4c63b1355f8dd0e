from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from logins import Login

if TYPE_CHECKING:
    import httpx

    from orgkey_sim import App, Org, User

BLOCKED = {"error": "invalid_grant", "error_description": "authentication failure"}


@pytest.fixture
def user(org: Org) -> User:
    return org.create_user(f"agent@{org.name}.example", password="invented", security_token="token")


def log_in(app: App, user: User, password: str) -> httpx.Response:
    with Login(app) as login:
        return login.post(
            grant_type="password",
            username=user.username,
            password=password,
            client_id=app.client_id,
            client_secret=app.client_secret,
        )


def test_a_new_org_refuses_the_right_password(org: Org, user: User) -> None:
    answer = log_in(org.create_app("Legacy", kind="connected_app"), user, "inventedtoken")
    assert (answer.status_code, answer.json()) == (400, BLOCKED)


def test_the_switch_lets_it_through_for_connected_apps(org: Org, user: User) -> None:
    org.policies.password_flow = True
    legacy = org.create_app("Legacy", kind="connected_app")
    assert log_in(legacy, user, "inventedtoken").json()["id"].endswith(user.id)
    assert log_in(legacy, user, "wrong").json() == BLOCKED
    assert log_in(org.create_app("Agent", kind="eca"), user, "inventedtoken").json() == BLOCKED
