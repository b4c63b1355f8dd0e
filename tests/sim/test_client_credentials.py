from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING

import httpx
import pytest
from logins import Login

if TYPE_CHECKING:
    from orgkey_sim import App, Org, World


def refusal(answer: httpx.Response, status: int = 400) -> tuple[str, str]:
    assert answer.status_code == status, answer.text
    return answer.json()["error"], answer.json()["error_description"]


def test_the_client_may_show_its_secret_in_the_form_or_by_basic(login: Login, app: App) -> None:
    assert login.client_credentials().status_code == 200
    answer = login.http.post(
        "/services/oauth2/token",
        data={"grant_type": "client_credentials"},
        auth=(app.client_id, app.client_secret),
    )
    assert answer.status_code == 200


def test_the_answer_is_signed_with_the_consumer_secret(login: Login, app: App, org: Org) -> None:
    body = login.client_credentials().json()
    assert body.keys() == {"access_token", "signature", "scope", "instance_url", "id", "token_type", "issued_at"}
    assert body["issued_at"].isdecimal()
    text = (body["id"] + body["issued_at"]).encode()
    digest = hmac.digest(app.client_secret.encode(), text, hashlib.sha256)
    assert base64.b64decode(body["signature"]) == digest


def test_the_run_as_user_is_who_logs_in(login: Login, app: App, org: Org) -> None:
    agent = org.create_user("agent@acme.example")
    app.change_run_as(agent)
    assert login.client_credentials().json()["id"].endswith(agent.id)


def test_some_scopes_are_never_granted(org: Org) -> None:
    app = org.create_app("Wide", scopes=["api", "full", "web", "refresh_token", "openid"])
    with Login(app) as login:
        assert login.client_credentials().json()["scope"] == "api openid"


def test_a_scope_the_app_lacks_is_refused_with_a_status_that_is_a_switch(login: Login, org: Org) -> None:
    assert login.client_credentials(scope="api").status_code == 200
    assert refusal(login.client_credentials(scope="api full"))[0] == "invalid_scope"
    org.policies.error_status["invalid_scope"] = 401
    assert refusal(login.client_credentials(scope="full"), 401)[0] == "invalid_scope"


@pytest.mark.parametrize("secret", ["", "wrong", "\u00e9"])
def test_a_wrong_secret_is_refused(login: Login, secret: str) -> None:
    answer = login.client_credentials(client_secret=secret)
    assert refusal(answer) == ("invalid_client", "invalid client credentials")


@pytest.mark.parametrize("host", ["login.salesforce.com", "test.salesforce.com"])
def test_only_the_my_domain_has_this_flow(shared_world: World, app: App, host: str) -> None:
    with Login(app, url=shared_world.http_url) as login:
        login.http.headers["Host"] = host
        answer = login.client_credentials()
        assert refusal(answer) == ("invalid_grant", "request not supported on this domain")


def test_the_instance_url_matches_how_the_client_came_in(shared_world: World, app: App, org: Org) -> None:
    ways = {
        org.login_url: None,
        org.login_url.replace("127.0.0.1", "localhost"): None,
        shared_world.http_url: None,
        f"https://{org.my_domain}": org.my_domain,
    }
    for expected, host in ways.items():
        url = shared_world.http_url if host else expected
        with Login(app, url=url) as login:
            if host:
                login.http.headers["Host"] = host
            assert login.client_credentials().json()["instance_url"] == expected


def test_more_logins_than_the_limit_are_refused_until_the_hour_is_over(salesforce_world: World) -> None:
    org = salesforce_world.create_org("acme")
    org.rate_limit_logins(2)
    with Login(org.create_app("Agent")) as login:
        assert [login.client_credentials().status_code for _ in range(3)] == [200, 200, 400]
        assert refusal(login.client_credentials()) == ("rate_limit_exceeded", "Number of logins exceeded")
        salesforce_world.clock.advance(3600)
        assert login.client_credentials().status_code == 200
        org.rate_limit_logins(None)
        assert {login.client_credentials().status_code for _ in range(5)} == {200}


def test_salesforces_own_limit_is_the_default(org: Org) -> None:
    admitted = [org.login_limit.admits("agent@acme.example") for _ in range(3601)]
    assert (admitted.count(True), admitted[-1]) == (3600, False)


def test_login_hours_and_addresses(login: Login, app: App, org: Org) -> None:
    org.policies.login_ip_ranges = ("127.0.0.0/8",)
    assert login.client_credentials().status_code == 200
    org.policies.login_ip_ranges = ("203.0.113.0/24",)
    assert refusal(login.client_credentials())[1] == "ip restricted or invalid login hours"
    app.relax_ip = True
    assert login.client_credentials().status_code == 200
    app.relax_ip = False
    org.policies.login_ip_ranges = ()
    hour = int(org.clock.now() // 3600) % 24
    org.policies.login_hours = (hour + 1, 24) if hour < 23 else (0, 1)
    assert refusal(login.client_credentials())[1] == "ip restricted or invalid login hours"
