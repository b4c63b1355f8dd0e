from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

import httpx
import pytest

if TYPE_CHECKING:
    from orgkey_sim import Org, User, World

PARTNER = "{urn:partner.soap.sforce.com}"
DISABLED = (
    "INVALID_OPERATION: SOAP API login() is disabled by default in this org. "
    "Contact the org administrator to enable SOAP API login()."
)
INVALID_LOGIN = "INVALID_LOGIN: Invalid username, password, security token; or user locked out."


def envelope(username: str, password: str, operation: str = "login") -> str:
    return (
        '<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"><env:Body>'
        f'<n1:{operation} xmlns:n1="urn:partner.soap.sforce.com">'
        f"<n1:username>{escape(username)}</n1:username><n1:password>{escape(password)}</n1:password>"
        f"</n1:{operation}></env:Body></env:Envelope>"
    )


def post(org: Org, body: str | bytes, version: str = "59.0", url: str = "", host: str = "") -> httpx.Response:
    headers = {"Content-Type": "text/xml", "SOAPAction": "login", **({"Host": host} if host else {})}
    target = f"{url or org.login_url}/services/Soap/u/{version}"
    return httpx.post(target, content=body, headers=headers, trust_env=False)


def fault(answer: httpx.Response) -> str:
    assert answer.status_code == 500, answer.text
    found = next(ET.fromstring(answer.text).iter("{http://schemas.xmlsoap.org/soap/envelope/}Fault"))
    return found.findtext("faultstring") or ""


@pytest.fixture
def user(org: Org) -> User:
    return org.create_user(f"agent@{org.name}.example", password="invented <password>", security_token="&token")


def test_a_new_org_refuses(org: Org, user: User) -> None:
    answer = post(org, envelope(user.username, user.password + user.security_token))
    assert fault(answer) == DISABLED
    assert "<sf:exceptionCode>INVALID_OPERATION</sf:exceptionCode>" in answer.text
    assert (org.log[-1].endpoint, org.log[-1].error) == ("soap_login", "INVALID_OPERATION")


@pytest.mark.parametrize("allowed", [True, False])
def test_from_version_65_on_there_is_no_login_whatever_the_switch(org: Org, user: User, allowed: bool) -> None:
    org.policies.soap_login = allowed
    answer = post(org, envelope(user.username, user.password), version="65.0")
    assert fault(answer) == (
        "INVALID_OPERATION: The SOAP Login operation is not available in the API version specified (65.0). "
        "Refer to the documentation for supported versions."
    )


@pytest.mark.parametrize("version", ["30.0", "x", "64"])
def test_versions_that_are_retired_or_none(org: Org, user: User, version: str) -> None:
    answer = post(org, envelope(user.username, user.password), version=version)
    assert fault(answer) == "UNSUPPORTED_API_VERSION: Invalid Api version specified on URL"


@pytest.mark.parametrize("with_token", [True, False])
def test_the_switch_lets_a_right_password_through(org: Org, user: User, with_token: bool) -> None:
    org.policies.soap_login = True
    answer = post(org, envelope(user.username, user.password + (user.security_token if with_token else "")))
    assert answer.status_code == 200
    result = next(ET.fromstring(answer.text).iter(f"{PARTNER}result"))
    assert result.findtext(f"{PARTNER}serverUrl") == f"{org.login_url}/services/Soap/u/59.0/{org.org_id}"
    assert result.findtext(f"{PARTNER}userId") == user.id
    assert result.findtext(f"{PARTNER}userInfo/{PARTNER}sessionSecondsValid") == "7200"
    token = result.findtext(f"{PARTNER}sessionId")
    limits = httpx.get(
        f"{org.login_url}/services/data/v60.0/limits", headers={"Authorization": f"Bearer {token}"}, trust_env=False
    )
    assert limits.status_code == 200


def test_a_wrong_password_and_a_locked_out_user(org: Org, user: User) -> None:
    org.policies.soap_login = True
    assert fault(post(org, envelope(user.username, "wrong"))) == INVALID_LOGIN
    assert fault(post(org, envelope("nobody@acme.example", user.password))) == INVALID_LOGIN
    user.freeze()
    assert fault(post(org, envelope(user.username, user.password))) == INVALID_LOGIN


def test_the_login_host_finds_the_org_by_the_username(shared_world: World, org: Org, user: User) -> None:
    def at(host: str, username: str) -> str:
        return fault(post(org, envelope(username, "x"), url=shared_world.http_url, host=host))

    assert at("login.salesforce.com", user.username) == DISABLED
    assert at("test.salesforce.com", user.username) == INVALID_LOGIN
    assert at("login.salesforce.com", "nobody@acme.example") == INVALID_LOGIN


@pytest.mark.parametrize(
    "body",
    [b"", b"<", b"\xff", b"<a/>", envelope("a", "b", operation="query"), b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"],
)
def test_what_is_no_login_gets_a_fault(org: Org, body: str | bytes) -> None:
    assert fault(post(org, body))
    assert org.log[-1].error == "soapenv:Client"


def test_logins_are_limited_here_too(org: Org, user: User) -> None:
    org.policies.soap_login = True
    org.rate_limit_logins(0)
    answer = post(org, envelope(user.username, user.password))
    assert fault(answer) == "LOGIN_RATE_EXCEEDED: Login rate exceeded"
