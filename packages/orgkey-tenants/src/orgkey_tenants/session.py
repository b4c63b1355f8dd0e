"""A tenant's session: an OrgSession whose tokens come of the refresh protocol, or of the tenant's own grant."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, NoReturn

import orgkey
from orgkey_tenants.terms import told_of_tenant

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from orgkey.endpoint import TokenAnswer
    from orgkey_tenants.record import TenantRecord

__all__ = ["HeldGrant", "TenantSession", "grant_of"]


@dataclass(frozen=True, slots=True)
class HeldGrant:
    """A refresh token as a session sees it: held by the store, sent by the protocol, and in nobody's hand."""

    client_id: str
    client_secret: orgkey.Secret | None = field(repr=False)

    name: ClassVar[str] = "refresh_token"
    username: ClassVar[None] = None

    def token_request(self, login: orgkey.Origin, now: float) -> NoReturn:
        """Not from here: the protocol sends it."""
        raise NotImplementedError

    def acting_as(self, username: str) -> NoReturn:
        """Not possible: raises :class:`orgkey.ConfigError`."""
        raise orgkey.ConfigError(
            f"This tenant cannot act as {username!r}: a refresh token acts as the user who consented. "
            "Use JWT Bearer to act as a person."
        )

    def client_authentication(self) -> Mapping[str, str | orgkey.Secret]:
        """Client id and, for a confidential client, its secret."""
        secret = {} if self.client_secret is None else {"client_secret": self.client_secret}
        return {"client_id": self.client_id, **secret}

    def problems(self, login: orgkey.Origin) -> list[str]:
        """None that could be told from here."""
        del login
        return []


def grant_of(record: TenantRecord, secret: orgkey.Secret) -> orgkey.Grant:
    """The grant of a tenant that has a key or secret of its own. Raises :class:`orgkey.ConfigError`."""
    if record.grant == "client_credentials":
        return orgkey.ClientCredentials(record.client_id, secret)
    return orgkey.JWTBearer(record.client_id, record.username, secret, audience=record.audience or None)


class TenantSession(orgkey.OrgSession):
    """The session of one tenant. Every adapter takes it.

    Its hit path is that of any session, to the instruction: no store, no lock, no await, no clock. That calls got
    through :class:`~orgkey_tenants.Tenants` asks (:meth:`was_used`) and writes down for all sessions at once.
    """

    __slots__ = ("_refresher", "made_from", "tenant")

    def __init__(
        self,
        tenant: str,
        grant: orgkey.Grant,
        login_url: str,
        options: orgkey.SessionOptions,
        *,
        clock: orgkey.Clock,
        refresher: Callable[[TenantSession], TokenAnswer],
    ) -> None:
        super().__init__(grant, login_url, options, clock=clock)
        self.tenant = tenant
        self.made_from = ("", 0)  # family and generation of the record that the tenant's own grant was made from
        self._refresher = refresher

    def request_token(self) -> TokenAnswer:
        """One refresh, on the renewal's own thread."""
        with told_of_tenant(self.tenant, self.grant.name, self.login_url):
            return self._refresher(self)

    def refreshed(self) -> orgkey.Token:
        """A newer token than the present one, though nobody rejected that: for upkeep. Joins a renewal under way."""
        return self._waited(self._newer_than(self._current))

    async def arefreshed(self) -> orgkey.Token:
        """As :meth:`refreshed`, for a task."""
        return await self._awaited(self._newer_than(self._current))

    def __repr__(self) -> str:
        return f"<TenantSession {self.tenant!r}: {super().__repr__()}>"
