"""What the checks of one examination share: the settings, the session, and what earlier checks learnt."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from orgkey.carriers.proxies import proxy_for
from orgkey.clock import SYSTEM_CLOCK, Clock
from orgkey.diagnosis import Evidence, diagnose
from orgkey.errors import TokenRequestError
from orgkey.grants.base import TOKEN_PATH
from orgkey.sender import shared_sender
from orgkey.wire import Request

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from orgkey.causes import Diagnosis
    from orgkey.plugins import KeptKey
    from orgkey.session import OrgSession
    from orgkey.wire import Answer

__all__ = ["Examination", "Expected", "Place"]


@dataclass(frozen=True, slots=True)
class Expected:
    """What is meant, where it is said: a wrong org or user then fails instead of being shown."""

    username: str = ""
    org_id: str = ""
    kind: str = ""  # "sandbox" or "production"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the first connection goes: the login host, or the proxy on the way."""

    host: str
    port: int
    is_proxy: bool


@dataclass(slots=True)
class Examination:
    """One patient. ``session`` is there once the settings were found to work.

    ``certificate`` names the certificate's file where it does not lie beside the key, ``admin`` the profile of an
    administrator who may read the org's own evidence. ``source`` gives the session where it does not come of the
    settings, and ``kept`` is what is known there of its key.
    """

    profile: str | None = None
    certificate: Path | None = None
    admin: str = ""
    expected: Expected = field(default_factory=Expected)
    source: Callable[[], OrgSession] | None = None
    kept: KeptKey | None = None
    clock: Clock = SYSTEM_CLOCK
    facts: dict[str, str] = field(default_factory=dict)
    _session: OrgSession | None = None
    _probe: Answer | TokenRequestError | None = None
    _version: str = ""

    @property
    def session(self) -> OrgSession:
        """The session under examination."""
        if self._session is None:
            raise LookupError("the settings were not read yet")
        return self._session

    @session.setter
    def session(self, session: OrgSession) -> None:
        self._session = session

    def place(self) -> Place:
        """Where the first connection goes. Raises :class:`~orgkey.errors.ConfigError` for a proxy that has no place."""
        login, settings = self.session.login, self.session.options.http
        proxy = proxy_for(login, settings.proxy)
        if proxy is None:
            return Place(login.host, login.port, is_proxy=False)
        return Place(proxy.host, proxy.port, is_proxy=True)

    def probe(self) -> Answer:
        """What the token URL answers to a plain GET, which asks for nothing. Sent once.

        Raises :class:`~orgkey.errors.TokenRequestError`.
        """
        if self._probe is None:
            request = Request(self.session.login, TOKEN_PATH, method="GET")
            try:
                self._probe = shared_sender(self.session.options.http, self.clock).send(request)
            except TokenRequestError as error:
                self._probe = error
        if isinstance(self._probe, TokenRequestError):
            raise self._probe
        return self._probe

    def diagnose(self, surface: str, error: str, *facts: str, **more: Any) -> Diagnosis:
        """The diagnosis of something that a check found by itself."""
        note = self._session.login_note if self._session else ""
        evidence = Evidence(
            surface=surface,
            error=error,
            grant=self._session.grant.name if self._session else "",
            login_host=self._session.login.host if self._session else "",
            facts=(*facts, note) if note else facts,
            **more,
        )
        return diagnose(evidence)
