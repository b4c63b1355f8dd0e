"""What each grant asks for: the form, the assertion, and what is wrong with its settings."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import leaks
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

import orgkey
from orgkey.errors import ConfigError
from orgkey.org import Origin

if TYPE_CHECKING:
    from collections.abc import Callable

    Canary = Callable[[str], str]

LOGIN = Origin("https", "acme.my.salesforce.com", 443)
NOW = 1_800_000_000.9


def decoded(part: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def assertion(grant: orgkey.JWTBearer) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    """Header, claims, signature and what is signed of the assertion in the form."""
    form = grant.token_request(LOGIN, NOW).form
    assert set(form) == {"grant_type", "assertion"}
    assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    secret = form["assertion"]
    assert isinstance(secret, orgkey.Secret)
    header, claims, signature = secret.reveal().split(".")
    signed = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
    return decoded(header), decoded(claims), signed, f"{header}.{claims}".encode()


def test_an_assertion_says_who_acts_where_and_for_how_long(private_key: rsa.RSAPrivateKey, key_pem: str) -> None:
    header, claims, signature, signed = assertion(orgkey.JWTBearer("3MVG9.agent", "agent@acme.example", key_pem))
    assert header["alg"] == "RS256"
    assert claims == {
        "iss": "3MVG9.agent",
        "sub": "agent@acme.example",
        "aud": "https://acme.my.salesforce.com",
        "exp": 1_800_000_000 + 180,
    }
    private_key.public_key().verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())


def test_the_audience_can_be_another(key_pem: str) -> None:
    grant = orgkey.JWTBearer("x", "agent@acme.example", key_pem, audience="https://login.salesforce.com")
    assert assertion(grant)[1]["aud"] == "https://login.salesforce.com"
    assert grant.token_request(LOGIN, NOW).origin == LOGIN


def test_another_user_keeps_all_but_the_subject(key_pem: str) -> None:
    grant = orgkey.JWTBearer("x", "agent@acme.example", key_pem, audience="https://test.salesforce.com")
    other = grant.acting_as("ada@acme.example")
    assert (other.signer, other.audience, other.client_id) == (grant.signer, grant.audience, grant.client_id)
    assert assertion(other)[1]["sub"] == "ada@acme.example"
    assert grant.username == "agent@acme.example"


class Vault:
    """A signer whose key is elsewhere, as in a KMS."""

    certificate = None

    def __init__(self, algorithm: str = "RS256") -> None:
        self.algorithm = algorithm
        self.signed: list[bytes] = []

    def sign(self, data: bytes) -> bytes:
        self.signed.append(data)
        return b"signature"


def test_the_key_may_be_anywhere() -> None:
    vault = Vault()
    *_, signature, signed = assertion(orgkey.JWTBearer("x", "agent@acme.example", vault))
    assert (signature, [signed]) == (b"signature", vault.signed)


@pytest.mark.parametrize("algorithm", ["RS512", "ES256", "HS256", "none", ""])
def test_another_algorithm_is_refused(algorithm: str) -> None:
    with pytest.raises(ConfigError, match="RS256 only"):
        orgkey.JWTBearer("x", "agent@acme.example", Vault(algorithm))


@pytest.mark.parametrize("key", [b"-----BEGIN PRIVATE KEY-----\ncanary-key-0123456789abcdef", None, 7])
def test_what_is_no_key_at_all_is_refused(key: Any) -> None:
    with pytest.raises(ConfigError, match="key") as refusal:
        orgkey.JWTBearer("x", "agent@acme.example", key)
    assert "canary-key" not in leaks.shown(refusal.value)


def test_a_grant_names_all_its_problems() -> None:
    with pytest.raises(ConfigError) as refusal:
        orgkey.JWTBearer(" x", "agent@acme.example ", "no key")
    assert len(refusal.value.problems) == 3
    with pytest.raises(ConfigError) as refusal:
        orgkey.ClientCredentials("", " hunter2")
    assert len(refusal.value.problems) == 2
    assert "hunter2" not in leaks.shown(refusal.value)


def test_client_credentials_sends_id_and_secret(canary: Canary) -> None:
    secret = canary("secret")
    request = orgkey.ClientCredentials("3MVG9.agent", secret).token_request(LOGIN, NOW)
    assert request.body() == f"grant_type=client_credentials&client_id=3MVG9.agent&client_secret={secret}".encode()
    assert request.headers == {}
    assert secret not in repr(request)


@pytest.mark.parametrize("host", ["login.salesforce.com", "test.salesforce.com"])
def test_client_credentials_is_of_no_use_at_login_or_test(host: str, canary: Canary) -> None:
    with pytest.raises(ConfigError, match="My Domain"):
        orgkey.OrgSession(orgkey.ClientCredentials("x", canary("secret")), f"https://{host}")


@pytest.mark.parametrize("host", ["login.salesforce.com", "test.salesforce.com"])
def test_jwt_bearer_may_be_asked_for_at_login_and_test(host: str, key_pem: str) -> None:
    grant = orgkey.JWTBearer("x", "agent@acme.example", key_pem)
    assert orgkey.OrgSession(grant, f"https://{host}").login_url == f"https://{host}"


@pytest.mark.parametrize(
    "url", ["http://acme.my.salesforce.com", "https://evilsalesforce.com", "http://127.0.0.1:1", ""]
)
def test_a_session_refuses_a_login_url_that_no_secret_may_go_to(url: str, canary: Canary) -> None:
    with pytest.raises(ConfigError, match="SALESFORCE_LOGIN_URL"):
        orgkey.OrgSession(orgkey.ClientCredentials("x", canary("secret")), url)
