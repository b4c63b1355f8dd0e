"""Browsers that are logged in to an org, as its login page leaves them."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orgkey_sim.model import User

__all__ = ["Browser", "Browsers"]


@dataclass(frozen=True, slots=True, eq=False)
class Browser:
    """One browser with a login. ``nonce`` is in the forms it is shown, so that no other page can submit them."""

    user: User
    nonce: str = field(repr=False)

    def was_shown(self, nonce: str) -> bool:
        """Whether a submitted form is one of ours."""
        return hmac.compare_digest(self.nonce.encode(), nonce.encode())


class Browsers:
    """The logged-in browsers of one org, by the cookie they hold."""

    def __init__(self) -> None:
        self._by_cookie: dict[str, Browser] = {}

    def log_in(self, user: User) -> tuple[str, Browser]:
        """Note a login; return the cookie for it, and the browser."""
        cookie = secrets.token_urlsafe(32)
        self._by_cookie[cookie] = browser = Browser(user, secrets.token_urlsafe(16))
        return cookie, browser

    def find(self, cookie: str) -> Browser | None:
        """The browser of that cookie, unless its user can no longer log in."""
        browser = self._by_cookie.get(cookie)
        return browser if browser is not None and browser.user.active and not browser.user.frozen else None
