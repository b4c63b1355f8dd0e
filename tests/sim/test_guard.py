"""What each API answers to a session that is not good for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from logins import Login

if TYPE_CHECKING:
    import httpx

    from orgkey_sim import App, Org, World

ENVELOPE = (
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns="http://soap.sforce.com/2006/04/metadata"><soapenv:Header><SessionHeader><sessionId>{token}</sessionId>'
    "</SessionHeader></soapenv:Header><soapenv:Body><describeMetadata><asOfVersion>60.0</asOfVersion>"
    "</describeMetadata></soapenv:Body></soapenv:Envelope>"
)
ASYNC = "{http://www.force.com/2009/06/asyncapi/dataload}"
BULK1_JOB = {"operation": "query", "object": "Contact", "contentType": "JSON"}


def call(login: Login, surface: str, token: str) -> httpx.Response:
    bearer = {"Authorization": f"Bearer {token}"}
    xml = {"X-SFDC-Session": token, "Content-Type": "application/xml"}
    calls: dict[str, dict[str, Any]] = {
        "rest": {"method": "GET", "url": "/services/data/v60.0/limits", "headers": bearer},
        "bulk2": {"method": "GET", "url": "/services/data/v60.0/jobs/query", "headers": bearer},
        "bulk1": {"method": "GET", "url": "/services/async/60.0/job/750000000000001", "headers": xml},
        "bulk1 json": {
            "method": "POST",
            "url": "/services/async/60.0/job",
            "headers": {"X-SFDC-Session": token},
            "json": BULK1_JOB,
        },
        "soap": {
            "method": "POST",
            "url": "/services/Soap/m/60.0",
            "headers": {"Content-Type": "text/xml", "SOAPAction": "x"},
            "content": ENVELOPE.format(token=token),
        },
        "userinfo": {"method": "GET", "url": "/services/oauth2/userinfo", "headers": bearer},
    }
    return login.http.request(**calls[surface])


def said(answer: httpx.Response, surface: str) -> tuple[int, str, str]:
    """Status, code and message of a refusal, read as that API's clients read it."""
    if surface == "userinfo":
        return answer.status_code, answer.text, ""
    if surface == "bulk1":
        root = ET.fromstring(answer.text)
        code, message = root.findtext(f"{ASYNC}exceptionCode"), root.findtext(f"{ASYNC}exceptionMessage")
        return answer.status_code, code or "", message or ""
    if surface == "bulk1 json":
        return answer.status_code, answer.json()["exceptionCode"], answer.json()["exceptionMessage"]
    if surface == "soap":
        fault = next(ET.fromstring(answer.text).iter("{http://schemas.xmlsoap.org/soap/envelope/}Fault"))
        return answer.status_code, fault.findtext("faultcode") or "", fault.findtext("faultstring") or ""
    (error,) = answer.json()
    return answer.status_code, error["errorCode"], error["message"]


EXPIRED = {
    "rest": (401, "INVALID_SESSION_ID", "Session expired or invalid"),
    "bulk2": (401, "INVALID_SESSION_ID", "Session expired or invalid"),
    "bulk1": (400, "InvalidSessionId", "Invalid session id"),
    "bulk1 json": (400, "InvalidSessionId", "Invalid session id"),
    "soap": (
        500,
        "sf:INVALID_SESSION_ID",
        "INVALID_SESSION_ID: Invalid Session ID found in SessionHeader: Illegal Session. "
        "Session not found, missing session key",
    ),
    "userinfo": (403, "Bad_OAuth_Token", ""),
}


@pytest.mark.parametrize("surface", EXPIRED)
def test_an_expired_session_gets_what_that_api_gives(surface: str, login: Login, org: Org) -> None:
    token = login.token()
    assert call(login, surface, token).status_code in {200, 201} or surface == "bulk1"
    org.expire_sessions()
    answer = call(login, surface, token)
    assert said(answer, surface) == EXPIRED[surface]
    assert org.log[-1].error == "INVALID_SESSION_ID"


@pytest.mark.parametrize("surface", EXPIRED)
def test_another_orgs_token_is_no_session_here(surface: str, login: Login, shared_world: World) -> None:
    other = shared_world.create_org(f"elsewhere-{surface.replace(' ', '-')}")
    with Login(other.create_app("Agent")) as elsewhere:
        answer = call(login, surface, elsewhere.token())
    assert said(answer, surface) == EXPIRED[surface]


def test_no_token_at_all(login: Login) -> None:
    assert said(login.http.get("/services/data/v60.0/limits"), "rest") == EXPIRED["rest"]
    assert login.http.get("/services/oauth2/userinfo").text == "Missing_OAuth_Token"


@pytest.mark.parametrize("header", ["Bearer {}", "OAuth {}", "bearer  {}"])
def test_the_token_may_come_by_either_scheme(header: str, login: Login) -> None:
    headers = {"Authorization": header.format(login.token())}
    assert login.http.get("/services/data/v60.0/limits", headers=headers).status_code == 200


def test_a_session_without_the_api_scope_is_refused_in_words_that_no_login_mends(org: Org) -> None:
    app = org.create_app("Narrow", scopes=["openid"])
    with Login(app) as login:
        token = login.token()
        assert said(call(login, "rest", token), "rest") == (
            401,
            "INVALID_SESSION_ID",
            "This session is not valid for use with the REST API",
        )
        assert call(login, "userinfo", token).status_code == 200


@pytest.mark.parametrize("surface", ["bulk1", "soap"])
def test_a_jwt_format_token_is_for_rest_alone(surface: str, org: Org) -> None:
    with Login(org.create_app("Modern", token_format="jwt")) as login:
        token = login.token()
        assert call(login, "rest", token).status_code == 200
        assert said(call(login, surface, token), surface) == EXPIRED[surface]


@pytest.mark.parametrize("who", ["org", "user"])
def test_without_api_access_every_api_says_so(who: str, login: Login, org: Org) -> None:
    token = login.token()
    if who == "org":
        org.policies.api_enabled = False
    else:
        next(iter(org.users.values())).api_enabled = False
    assert said(call(login, "rest", token), "rest")[:2] == (403, "API_DISABLED_FOR_ORG")
    assert said(call(login, "bulk1", token), "bulk1")[:2] == (400, "FeatureNotEnabled")
    assert said(call(login, "soap", token), "soap")[:2] == (500, "sf:API_CURRENTLY_DISABLED")


def test_the_daily_limit_refuses_what_is_beyond_it(login: Login, org: Org) -> None:
    org.policies.daily_api_requests = 2
    token = login.token()
    assert [login.limits(token).status_code for _ in range(3)] == [200, 200, 403]
    answer = call(login, "rest", token)
    assert said(answer, "rest") == (403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")


def test_a_deactivated_users_session_is_over_and_a_frozen_users_is_not(login: Login, org: Org) -> None:
    (user,) = org.users.values()
    token = login.token()
    user.freeze()
    assert login.limits(token).status_code == 200
    assert login.jwt().json()["error_description"] == "inactive user"
    user.unfreeze()
    assert login.jwt().status_code == 200
    user.deactivate()
    assert login.limits(token).status_code == 401
    user.activate()
    assert login.limits(token).status_code == 401
    assert login.limits(login.token()).status_code == 200


def test_the_log_says_whose_call_it_was(login: Login, app: App, org: Org) -> None:
    token = login.token()
    login.limits(token)
    (user,) = org.users.values()
    entry = org.log[-1]
    assert (entry.endpoint, entry.method, entry.status) == ("rest", "GET", 200)
    assert (entry.username, entry.client_id, entry.generation) == (user.username, app.client_id, 1)
    assert entry.token == org.log[-2].token
    org.expire_sessions()
    login.limits(token)
    assert (org.log[-1].status, org.log[-1].token, org.log[-1].username) == (401, entry.token, "")
