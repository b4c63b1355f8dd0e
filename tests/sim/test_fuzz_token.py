"""Whatever is posted to the OAuth endpoints, the answer is one that Salesforce could give."""

from __future__ import annotations

import base64
import json
import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from logins import JWT_BEARER, Login

from orgkey_sim import World
from orgkey_sim.oauth.errors import ROWS

if TYPE_CHECKING:
    from collections.abc import Iterator

ERRORS = {row.error for row in ROWS.values()}
GRANTS = [JWT_BEARER, "client_credentials", "authorization_code", "refresh_token", "password", "", "device"]
NAMES = ["grant_type", "assertion", "client_id", "client_secret", "scope", "code", "redirect_uri", "refresh_token",
         "username", "password", "code_verifier", "token"]  # fmt: skip

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def client() -> Iterator[Login]:
    # Every sent byte as a line of the debug log would drown what matters.
    for name in ("httpcore", "httpx"):
        logging.getLogger(name).setLevel(logging.WARNING)
    with World() as world:
        org = world.create_org("acme")
        org.rate_limit_logins(None)
        with Login(org.create_app("Agent")) as login:
            yield login


def check(answer: httpx.Response) -> None:
    """200 with a token, or 400 with an error of the table."""
    body = answer.json()
    if answer.status_code == 200:
        assert body["token_type"] == "Bearer"
    else:
        assert answer.status_code == 400, answer.text
        assert body["error"] in ERRORS
        assert isinstance(body["error_description"], str)


def post(client: Login, content: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return client.http.post("/services/oauth2/token", content=content, headers=headers or kind)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=2000))
def test_any_bytes(client: Login, content: bytes) -> None:
    check(post(client, content))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(GRANTS), st.dictionaries(st.sampled_from(NAMES), st.text(max_size=200), max_size=8))
def test_any_parameters(client: Login, grant_type: str, parameters: dict[str, str]) -> None:
    form = {"client_id": client.client_id, "grant_type": grant_type, **parameters}
    check(post(client, urlencode(form).encode()))


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["iss", "sub", "prn", "aud", "exp", "iat", "nbf", "jti"]), json_values, max_size=8)
)
def test_any_signed_claims(client: Login, claims: dict[str, Any]) -> None:
    check(client.jwt(**claims))


@settings(max_examples=150, deadline=None)
@given(json_values, json_values, st.binary(max_size=300))
def test_any_unsigned_assertion(client: Login, header: Any, claims: Any, signature: bytes) -> None:
    parts = [json.dumps(header).encode(), json.dumps(claims).encode(), signature]
    assertion = ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)
    check(client.post(grant_type=JWT_BEARER, assertion=assertion))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_basic_header(client: Login, credentials: bytes) -> None:
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Authorization": f"Basic {base64.b64encode(credentials).decode()}".strip(),
    }
    check(post(client, b"grant_type=client_credentials", headers))


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["introspect", "revoke"]), st.dictionaries(st.sampled_from(NAMES), st.text(), max_size=5))
def test_any_parameters_at_introspect_and_revoke(client: Login, path: str, parameters: dict[str, str]) -> None:
    answer = client.http.post(f"/services/oauth2/{path}", content=urlencode(parameters).encode())
    assert answer.status_code == 400
    assert answer.json()["error"] in ERRORS | {"unsupported_token_type"}


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(["response_type", "redirect_uri", "scope", "state", "login_hint"]), st.text()))
def test_any_parameters_at_authorize(client: Login, parameters: dict[str, str]) -> None:
    query = urlencode({"client_id": client.client_id, **parameters})
    answer = client.http.get(f"/services/oauth2/authorize?{query}")
    assert answer.status_code == 400


@settings(max_examples=100, deadline=None)
@given(st.text(), st.text())
def test_any_identity_url(client: Login, org_id: str, user_id: str) -> None:
    answer = client.http.get(f"/id/{quote(org_id, safe='')}/{quote(user_id, safe='')}")
    assert answer.status_code in {400, 403, 404}


def test_the_server_lived_through_it(client: Login) -> None:
    assert client.jwt().status_code == 200
