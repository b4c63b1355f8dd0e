"""Authorization Code with PKCE (RFC 6749 section 4.1, RFC 7636): a person consents, and a code comes back."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final, NoReturn
from urllib.parse import quote, urlencode, urlsplit

from orgkey.errors import ConfigError
from orgkey.grants.base import TOKEN_PATH, app_problems, client_form
from orgkey.secrets import Secret, conceal
from orgkey.wire import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from orgkey.org import Origin

__all__ = ["AUTHORIZE_PATH", "AuthorizationCode", "AuthorizationRequest", "code_challenge", "new_secret"]

AUTHORIZE_PATH: Final = "/services/oauth2/authorize"

_VERIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}")  # RFC 7636 section 4.1
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def new_secret(entropy: Callable[[int], bytes] = os.urandom) -> Secret:
    """256 random bits as 43 URL-safe characters: fit for a code verifier, a state and a browser cookie alike.

    ``entropy`` gives that many random bytes.
    """
    return Secret(base64.urlsafe_b64encode(entropy(32)).rstrip(b"=").decode())


def code_challenge(verifier: Secret) -> str:
    """The S256 challenge of ``verifier`` (RFC 7636 section 4.2): it may be seen, the verifier may not."""
    digest = hashlib.sha256(verifier.reveal().encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True, init=False)
class AuthorizationRequest:
    """What a browser is sent to Salesforce's authorize endpoint with (RFC 6749 section 4.1.1).

    Attributes
    ----------
    client_id:
        The app's consumer key.
    redirect_uri:
        The callback URL, character for character as the app has it: https, or http to this machine.
    state:
        One-use value that comes back with the answer and ties it to this request.
    verifier:
        The PKCE code verifier. It stays here; its S256 challenge travels.
    scopes:
        What is asked for; empty asks for all that the app has.
    login_hint:
        The username to put on the login page; empty for none.
    prompt:
        ``login``, ``consent``, ``login consent`` or ``select_account``: what to ask even of somebody who is logged in.

    Raises :class:`~orgkey.errors.ConfigError` with all problems of its settings.

    """

    client_id: str
    redirect_uri: str
    state: Secret = field(repr=False)
    verifier: Secret = field(repr=False)
    scopes: frozenset[str]
    login_hint: str
    prompt: str

    def __init__(
        self,
        client_id: str,
        redirect_uri: str,
        *,
        state: Secret | str,
        verifier: Secret | str,
        scopes: Iterable[str] = (),
        login_hint: str = "",
        prompt: str = "",
    ) -> None:
        state, verifier = conceal(state), conceal(verifier)
        problems = [*app_problems(client_id, None), *_redirect_problems(redirect_uri), *_verifier_problems(verifier)]
        if not state.reveal().strip():
            problems.append("state is empty. Without it the answer of another login can be slipped in.")
        if problems:
            raise ConfigError(problems)
        for name, value in (
            ("client_id", client_id),
            ("redirect_uri", redirect_uri),
            ("state", state),
            ("verifier", verifier),
            ("scopes", frozenset(scopes)),
            ("login_hint", login_hint),
            ("prompt", prompt),
        ):
            object.__setattr__(self, name, value)

    def url(self, login: Origin) -> str:
        """Where to send the browser: the authorize endpoint of the host ``login``."""
        fields = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "state": self.state.reveal(),
            "code_challenge": code_challenge(self.verifier),
            "code_challenge_method": "S256",
            "scope": " ".join(sorted(self.scopes)),
            "login_hint": self.login_hint,
            "prompt": self.prompt,
        }
        query = urlencode({name: value for name, value in fields.items() if value}, quote_via=quote)
        return f"{login}{AUTHORIZE_PATH}?{query}"


@dataclass(frozen=True, slots=True, init=False)
class AuthorizationCode:
    """The exchange of one authorization code (RFC 6749 section 4.1.3). A code is good once and for minutes.

    Attributes
    ----------
    client_id:
        The app's consumer key.
    code:
        What the browser brought back.
    redirect_uri:
        The same text as in the authorization request.
    verifier:
        The PKCE code verifier whose challenge was in the authorization request.
    client_secret:
        The app's consumer secret; None for a public client, which must not send one.

    Raises :class:`~orgkey.errors.ConfigError` with all problems of its settings.

    """

    client_id: str
    code: Secret = field(repr=False)
    redirect_uri: str
    verifier: Secret = field(repr=False)
    client_secret: Secret | None = field(repr=False)

    name: ClassVar[str] = "authorization_code"
    username: ClassVar[None] = None

    def __init__(
        self,
        client_id: str,
        code: Secret | str,
        *,
        redirect_uri: str,
        verifier: Secret | str,
        client_secret: Secret | str | None = None,
    ) -> None:
        # Bound anew, so that a traceback from here on has nothing plain among its locals.
        code, verifier = conceal(code), conceal(verifier)
        client_secret = None if client_secret is None else conceal(client_secret)
        problems = [
            *app_problems(client_id, client_secret),
            *_redirect_problems(redirect_uri),
            *_verifier_problems(verifier),
        ]
        if not code.reveal().strip():
            problems.append("code is empty.")
        if problems:
            raise ConfigError(problems)
        for name, value in (
            ("client_id", client_id),
            ("code", code),
            ("redirect_uri", redirect_uri),
            ("verifier", verifier),
            ("client_secret", client_secret),
        ):
            object.__setattr__(self, name, value)

    def token_request(self, login: Origin, now: float) -> Request:
        """The code with its verifier, and the client's own proof, as a form."""
        del now
        form = {
            "grant_type": "authorization_code",
            "code": self.code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": self.verifier,
            **self.client_authentication(),
        }
        return Request(login, TOKEN_PATH, form)

    def acting_as(self, username: str) -> NoReturn:
        """Not possible: raises :class:`~orgkey.errors.ConfigError`."""
        raise ConfigError(
            f"An authorization code cannot act as {username!r}: it acts as the user who consented. "
            "Use JWT Bearer to act as a person."
        )

    def client_authentication(self) -> Mapping[str, str | Secret]:
        """Client id and, for a confidential client, its secret."""
        return client_form(self.client_id, self.client_secret)

    def problems(self, login: Origin) -> list[str]:
        """None: consent is given at My Domain and at login and test alike."""
        del login
        return []


def _redirect_problems(redirect_uri: str) -> list[str]:
    try:
        parts = urlsplit(redirect_uri)
        host = parts.hostname or ""
    except ValueError:
        return [f"redirect_uri {redirect_uri!r} cannot be read as a URL."]
    if any(character.isspace() or not character.isprintable() for character in redirect_uri) or not host:
        return [f"redirect_uri {redirect_uri!r} is no full URL. It looks like https://app.example.com/callback"]
    if parts.fragment or "#" in redirect_uri:
        return [f"redirect_uri {redirect_uri!r} has a fragment (#...), which OAuth forbids: remove it."]
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _LOOPBACK):
        problem = (
            f"redirect_uri {redirect_uri!r} is not https, so the code could be read on the way. "
            "Use https://, or http:// to localhost while developing."
        )
        return [problem]
    return []


def _verifier_problems(verifier: Secret) -> list[str]:
    if _VERIFIER.fullmatch(verifier.reveal()):
        return []
    return ["verifier takes 43 to 128 of A-Z a-z 0-9 - . _ ~ (RFC 7636 section 4.1): use orgkey.grants.new_secret()."]
