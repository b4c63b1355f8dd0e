"""Authorization Code with PKCE and Refresh Token: what is asked for, and that a local Salesforce grants it."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import httpx
import leaks
import pytest

import orgkey
from orgkey import endpoint, grants
from orgkey.errors import ConfigError, TokenRequestError
from orgkey.org import Origin
from orgkey.wire import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from orgkey_sim import App, Org, User

    Canary = Callable[[str], str]

LOGIN = Origin("https", "acme.my.salesforce.com", 443)
CALLBACK = "https://app.example.com/callback"
# RFC 7636 appendix B.
VERIFIER, CHALLENGE = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
RULES = orgkey.SessionOptions(allow_loopback_http=True).host_rules


def ask(**changes: Any) -> orgkey.AuthorizationRequest:
    return orgkey.AuthorizationRequest(
        **{"client_id": "x", "redirect_uri": CALLBACK, "state": "s", "verifier": VERIFIER, **changes}
    )


def test_the_challenge_is_that_of_the_rfc() -> None:
    assert grants.code_challenge(orgkey.Secret(VERIFIER)) == CHALLENGE


def test_a_new_secret_is_fit_for_a_verifier_and_never_the_same() -> None:
    assert ask(verifier=grants.new_secret()).verifier != grants.new_secret()
    assert grants.new_secret(lambda count: b"\0" * count).reveal() == "A" * 43


def test_the_browser_carries_the_challenge_and_never_the_verifier(canary: Canary) -> None:
    verifier = canary("verifier").replace("canary-", "canary-" + "v" * 20)
    url = ask(verifier=verifier, scopes={"refresh_token", "api"}, login_hint="ada@acme.example", prompt="login").url(
        LOGIN
    )
    assert url.startswith("https://acme.my.salesforce.com/services/oauth2/authorize?")
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    assert parse_qs(urlsplit(url).query) == {
        "response_type": ["code"],
        "client_id": ["x"],
        "redirect_uri": [CALLBACK],
        "state": ["s"],
        "code_challenge": [challenge],
        "code_challenge_method": ["S256"],
        "scope": ["api refresh_token"],
        "login_hint": ["ada@acme.example"],
        "prompt": ["login"],
    }


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"redirect_uri": "http://app.example.com/callback"}, "not https"),
        ({"redirect_uri": "https://app.example.com/callback#top"}, "fragment"),
        ({"redirect_uri": "/callback"}, "no full URL"),
        ({"redirect_uri": "https://app.example.com/ callback"}, "no full URL"),
        ({"redirect_uri": "https://[app"}, "cannot be read"),
        ({"verifier": "short"}, "43 to 128"),
        ({"state": " "}, "state is empty"),
        ({"client_id": ""}, "client_id"),
    ],
)
def test_settings_that_cannot_be_safe_are_refused(settings: dict[str, str], problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        ask(**settings)


def test_a_code_is_exchanged_with_its_verifier_and_redirect_uri() -> None:
    public = orgkey.AuthorizationCode("x", "c0de", redirect_uri=CALLBACK, verifier=VERIFIER)
    assert (
        public.token_request(LOGIN, 0).body()
        == (
            f"grant_type=authorization_code&code=c0de&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcallback"
            f"&code_verifier={VERIFIER}&client_id=x"
        ).encode()
    )
    confidential = orgkey.AuthorizationCode(
        "x", "c0de", redirect_uri=CALLBACK, verifier=VERIFIER, client_secret="hidden"
    )
    assert (confidential.token_request(LOGIN, 0).body() or b"").endswith(b"&client_id=x&client_secret=hidden")


def test_a_refresh_token_is_all_that_a_public_client_shows() -> None:
    public = orgkey.RefreshToken("x", "5Aep861")
    assert public.token_request(LOGIN, 0).body() == b"grant_type=refresh_token&refresh_token=5Aep861&client_id=x"
    confidential = orgkey.RefreshToken("x", "5Aep861", client_secret="hidden")
    assert (confidential.token_request(LOGIN, 0).body() or b"").endswith(b"&client_id=x&client_secret=hidden")


@pytest.mark.parametrize(
    "grant",
    [orgkey.RefreshToken("x", "t"), orgkey.AuthorizationCode("x", "t", redirect_uri=CALLBACK, verifier=VERIFIER)],
)
def test_a_consent_acts_as_nobody_else(grant: orgkey.Grant) -> None:
    assert grant.username is None
    assert grant.problems(LOGIN) == []
    with pytest.raises(ConfigError, match="user who consented"):
        grant.acting_as("ada@acme.example")


def test_no_secret_shows(canary: Canary) -> None:
    code, token, secret = canary("code"), canary("refresh token"), canary("client secret")
    exchange = orgkey.AuthorizationCode("x", code, redirect_uri=CALLBACK, verifier=VERIFIER, client_secret=secret)
    refresh = orgkey.RefreshToken("x", token, client_secret=secret)
    for shown in map(repr, (exchange, refresh, exchange.token_request(LOGIN, 0), ask())):
        assert "canary-" not in shown
        assert VERIFIER not in shown
    with pytest.raises(ConfigError) as refusal:
        orgkey.RefreshToken("", token, client_secret=f" {secret}")
    assert len(refusal.value.problems) == 2
    assert "canary-" not in leaks.shown(refusal.value)


def callback(url: str) -> endpoint.Callback:
    return endpoint.read_callback(orgkey.Secret(url))


def test_a_callback_gives_its_code_and_state() -> None:
    answer = callback(f"{CALLBACK}?code=aPrx%3D&state=s&iss=https%3A%2F%2Facme.my.salesforce.com#_=_")
    assert (answer.address, answer.state, answer.issuer) == (
        CALLBACK,
        orgkey.Secret("s"),
        "https://acme.my.salesforce.com",
    )
    assert answer.authorization_code(LOGIN).reveal() == "aPrx="


@pytest.mark.parametrize(
    ("query", "cause"),
    [
        ("error=access_denied&error_description=end-user+denied+authorization&state=s", "CONSENT_DENIED"),
        ("error=OAUTH_APP_BLOCKED&error_description=this+app+is+blocked+by+admin", "APP_BLOCKED"),
        ("error=access_denied&code=aPrx", "CONSENT_DENIED"),
    ],
)
def test_a_refused_consent_has_its_cause(query: str, cause: str) -> None:
    with pytest.raises(TokenRequestError) as refusal:
        callback(f"{CALLBACK}?{query}").authorization_code(LOGIN)
    assert refusal.value.diagnosis.cause.id == cause


@pytest.mark.parametrize("query", ["", "state=s", "code=a&code=b", "code=", "&".join(f"a{n}=1" for n in range(99))])
def test_a_callback_without_one_code_is_refused(query: str) -> None:
    with pytest.raises(TokenRequestError, match="neither a code nor an error"):
        callback(f"{CALLBACK}?{query}").authorization_code(LOGIN)


def sent(request: Any) -> Answer:
    answer = httpx.post(
        request.url, content=request.body(), headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    return Answer(answer.status_code, {}, answer.content, 0.0)


@pytest.mark.parametrize("public", [True, False])
def test_consent_code_and_two_refreshes_at_a_local_salesforce(org: Org, agent: User, app: App, *, public: bool) -> None:
    app.callback_urls, app.secret_required, app.scopes = (CALLBACK,), not public, frozenset({"api", "refresh_token"})
    secret = None if public else app.client_secret
    login = RULES.origin(org.login_url)
    asked = orgkey.AuthorizationRequest(
        app.client_id, CALLBACK, state=grants.new_secret(), verifier=grants.new_secret(), login_hint=agent.username
    )
    answer = callback(httpx.get(asked.url(login)).headers["location"])
    assert (answer.address, answer.state) == (CALLBACK, asked.state)
    grant: orgkey.Grant = orgkey.AuthorizationCode(
        app.client_id,
        answer.authorization_code(login),
        redirect_uri=CALLBACK,
        verifier=asked.verifier,
        client_secret=secret,
    )
    seen = []
    for _ in range(3):
        granted = endpoint.read_token(sent(grant.token_request(login, 0)), grant, login, RULES)
        assert granted.refresh_token is not None
        seen.append(granted.refresh_token)
        grant = orgkey.RefreshToken(app.client_id, granted.refresh_token, client_secret=secret)
    assert len({token.fingerprint() for token in seen}) == 3
    # The spent one is worth nothing, and takes the family with it.
    for token in (seen[0], seen[2]):
        grant = orgkey.RefreshToken(app.client_id, token, client_secret=secret)
        with pytest.raises(TokenRequestError) as refusal:
            endpoint.read_token(sent(grant.token_request(login, 0)), grant, login, RULES)
        assert refusal.value.diagnosis.cause.id == "REFRESH_TOKEN_INVALID"
