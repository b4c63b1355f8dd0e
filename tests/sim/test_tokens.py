"""Introspect, revoke, userinfo, the Identity URL, discovery."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from logins import Login

if TYPE_CHECKING:
    from orgkey_sim import App, Org, World


def introspect(login: Login, token: str) -> Any:
    form = {"token": token, "client_id": login.client_id, "client_secret": login.client_secret}
    return login.http.post("/services/oauth2/introspect", data=form).json()


def test_introspection_says_whose_a_token_is_and_until_when(login: Login, app: App, org: Org) -> None:
    said = introspect(login, login.token())
    (user,) = org.users.values()
    assert said.pop("exp") - said.pop("iat") == 7200
    assert said.pop("nbf") == pytest.approx(org.clock.now(), abs=5)
    assert said == {
        "active": True,
        "scope": "api",
        "client_id": app.client_id,
        "username": user.username,
        "sub": f"{org.login_url}/id/{org.org_id}/{user.id}",
        "token_type": "access_token",
    }


def test_introspection_tells_an_app_nothing_of_others_or_the_dead(login: Login, org: Org) -> None:
    token = login.token()
    with Login(org.create_app("Other")) as other:
        assert introspect(other, token) == {"active": False}
    org.expire_sessions()
    assert introspect(login, token) == {"active": False}


def test_introspection_asks_for_the_clients_secret(login: Login) -> None:
    form = {"token": login.token(), "client_id": login.client_id, "client_secret": "wrong"}
    answer = login.http.post("/services/oauth2/introspect", data=form)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_revoked_token_is_dead(method: str, login: Login) -> None:
    token, other = login.token(), login.token()
    answer = login.http.request(method, "/services/oauth2/revoke", params={"token": token})
    assert (answer.status_code, answer.text) == (200, "")
    assert login.limits(token).status_code == 401
    assert login.limits(other).status_code == 200
    again = login.http.request(method, "/services/oauth2/revoke", params={"token": token})
    assert (again.status_code, again.json()["error"]) == (400, "unsupported_token_type")


def test_userinfo_and_the_identity_url_name_the_user(login: Login, org: Org) -> None:
    answer = login.jwt().json()
    headers = {"Authorization": f"Bearer {answer['access_token']}"}
    (user,) = org.users.values()
    userinfo = login.http.get("/services/oauth2/userinfo", headers=headers).json()
    assert userinfo["sub"] == answer["id"]
    assert (userinfo["user_id"], userinfo["organization_id"]) == (user.id, org.org_id)
    assert userinfo["preferred_username"] == user.username
    identity = login.http.get(answer["id"], headers=headers).json()
    assert identity["id"] == answer["id"]
    assert (identity["user_id"], identity["username"]) == (user.id, user.username)
    rest = identity["urls"]["rest"].format(version="60.0")
    assert login.http.get(rest + "limits", headers=headers).status_code == 200


def test_the_identity_url_of_somebody_else(login: Login, org: Org) -> None:
    headers = {"Authorization": f"Bearer {login.token()}"}
    (user,) = org.users.values()
    short = login.http.get(f"/id/{org.org_id[:15]}/{user.id[:15]}", headers=headers)
    assert short.status_code == 200
    wrong_org = login.http.get(f"/id/00D000000000001AAA/{user.id}", headers=headers)
    assert (wrong_org.status_code, wrong_org.text) == (403, "Wrong_Org")
    wrong_user = login.http.get(f"/id/{org.org_id}/005000000000001AAA", headers=headers)
    assert (wrong_user.status_code, wrong_user.text) == (403, "Bad_Id")
    nobody = login.http.get(f"/id/{org.org_id}/{user.id}", headers={"Authorization": "Bearer nothing"})
    assert (nobody.status_code, nobody.text) == (403, "Bad_OAuth_Token")


def test_the_discovery_document_leads_to_what_is_there(login: Login, shared_world: World) -> None:
    document = login.http.get("/.well-known/openid-configuration").json()
    assert document["issuer"] == login.url
    for name in ("token_endpoint", "revocation_endpoint", "introspection_endpoint", "userinfo_endpoint", "jwks_uri"):
        assert login.http.post(document[name]).status_code in {400, 403, 405}, name
    assert login.http.get(document["jwks_uri"]).json()["keys"]
