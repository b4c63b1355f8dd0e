"""Refresh Token (RFC 6749 section 6): the app shows what an earlier consent left with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, NoReturn

from orgkey.errors import ConfigError
from orgkey.grants.base import TOKEN_PATH, app_problems, client_form
from orgkey.secrets import Secret, conceal
from orgkey.wire import Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orgkey.org import Origin

__all__ = ["RefreshToken"]


@dataclass(frozen=True, slots=True, init=False)
class RefreshToken:
    """The Refresh Token grant: one request with one refresh token.

    Where the app rotates refresh tokens, the answer holds the next one and this one is spent: sending it a second time
    revokes the whole family (Salesforce Help, article 005316711). Whoever uses this grant keeps the successor before
    anything else; an :class:`~orgkey.OrgSession` has no place for it, and ``orgkey-tenants`` does.

    Attributes
    ----------
    client_id:
        The app's consumer key.
    refresh_token:
        The token to show; wrapped at once.
    client_secret:
        The app's consumer secret; None for a public client, which must not send one.

    Raises :class:`~orgkey.errors.ConfigError` with all problems of its settings.

    """

    client_id: str
    refresh_token: Secret = field(repr=False)
    client_secret: Secret | None = field(repr=False)

    name: ClassVar[str] = "refresh_token"
    username: ClassVar[None] = None

    def __init__(
        self, client_id: str, refresh_token: Secret | str, *, client_secret: Secret | str | None = None
    ) -> None:
        # Bound anew, so that a traceback from here on has nothing plain among its locals.
        refresh_token = conceal(refresh_token)
        client_secret = None if client_secret is None else conceal(client_secret)
        problems = app_problems(client_id, client_secret)
        if not refresh_token.reveal().strip():
            problems.append("refresh_token is empty.")
        if problems:
            raise ConfigError(problems)
        object.__setattr__(self, "client_id", client_id)
        object.__setattr__(self, "refresh_token", refresh_token)
        object.__setattr__(self, "client_secret", client_secret)

    def token_request(self, login: Origin, now: float) -> Request:
        """The refresh token and the client's own proof, as a form."""
        del now
        form = {"grant_type": "refresh_token", "refresh_token": self.refresh_token, **self.client_authentication()}
        return Request(login, TOKEN_PATH, form)

    def acting_as(self, username: str) -> NoReturn:
        """Not possible: raises :class:`~orgkey.errors.ConfigError`."""
        raise ConfigError(
            f"A refresh token cannot act as {username!r}: it acts as the user who consented. "
            "Use JWT Bearer to act as a person."
        )

    def client_authentication(self) -> Mapping[str, str | Secret]:
        """Client id and, for a confidential client, its secret."""
        return client_form(self.client_id, self.client_secret)

    def problems(self, login: Origin) -> list[str]:
        """None: whether the token belongs to this host only Salesforce can say."""
        del login
        return []
