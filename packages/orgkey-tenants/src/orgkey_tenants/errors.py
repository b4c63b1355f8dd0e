"""What can go wrong with a tenant; each message has the cause, the place and the next step."""

from __future__ import annotations

import shlex
from typing import TypeVar

import orgkey
from orgkey import RefreshInProgress

__all__ = [
    "IllegalTransition",
    "KeyServiceUnavailable",
    "NeedsReauth",
    "OtherOrg",
    "RefreshInProgress",
    "RotationLost",
    "SealBroken",
    "StoreUnavailable",
    "TenantExists",
    "TenantNotActive",
    "TenantsError",
    "UnknownTenant",
    "local",
]

E = TypeVar("E", bound=orgkey.TokenRequestError)


class TenantsError(orgkey.OrgkeyError):
    """Base of the errors about tenants that are not about a token."""


class UnknownTenant(TenantsError, LookupError):
    """There is no tenant of that id."""

    def __init__(self, tenant: str) -> None:
        self.tenant = tenant
        super().__init__(f"There is no tenant {tenant!r}. `orgkey tenants list` shows all; ids are compared literally.")


class TenantExists(TenantsError):
    """The id is taken."""

    def __init__(self, tenant: str) -> None:
        self.tenant = tenant
        super().__init__(
            f"There is a tenant {tenant!r} already. `orgkey tenants reconnect {shlex.quote(tenant)}` replaces its "
            "consent (tenants.reconnect in Python), `orgkey tenants forget` ends it."
        )


class IllegalTransition(TenantsError):
    """A state may not follow another. ``needs`` is the state that what was asked for is meant for, where it is one."""

    def __init__(self, tenant: str, state: str, to: str, needs: str = "") -> None:
        self.tenant, self.state, self.to = tenant, state, to
        meant = f" What was asked for is meant for a tenant that is {needs}." if needs else ""
        super().__init__(
            f"Tenant {tenant!r} is {state}{' already' if state == to else f' and cannot become {to}'}.{meant} "
            f"`orgkey tenants show {shlex.quote(tenant)}` says since when and why."
        )


class OtherOrg(TenantsError):
    """A reconnect was answered by another org than the tenant's."""


class StoreUnavailable(orgkey.TokenRequestError):
    """The store did not answer, or takes no writes."""


class SealBroken(orgkey.TokenRequestError):
    """A secret of one tenant cannot be opened: swapped, cut, edited, or sealed under another master key."""


class KeyServiceUnavailable(orgkey.TokenRequestError):
    """The key service that wraps the data keys did not answer."""


class TenantNotActive(orgkey.TokenRequestError):
    """The tenant's state permits no token request: PENDING, SUSPECT, SUSPENDED or FORGOTTEN."""


class NeedsReauth(TenantNotActive):
    """The grant is dead. All traffic of the tenant stops until an admin of the org consents anew."""


class RotationLost(NeedsReauth):
    """A refresh was sent and its answer, with the next refresh token, never got here."""


def local(kind: type[E], cause: str, *facts: str) -> E:
    """An error of that kind with the catalogue's row ``cause``, found on this side of the wire."""
    return kind(orgkey.diagnose(orgkey.Evidence(surface="local", error=cause, facts=facts)))
