"""What can go wrong with a tenant; each message has the cause, the place and the next step."""

from __future__ import annotations

import orgkey

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
]


class TenantsError(orgkey.OrgkeyError):
    """Base of the errors about tenants that are not about a token."""


class UnknownTenant(TenantsError, LookupError):
    """There is no tenant of that id."""

    def __init__(self, tenant: str) -> None:
        super().__init__(f"There is no tenant {tenant!r}. `orgkey tenants list` shows all; ids are compared literally.")


class TenantExists(TenantsError):
    """The id is taken."""

    def __init__(self, tenant: str) -> None:
        super().__init__(f"There is a tenant {tenant!r} already. Reconnect it, or forget it first.")


class IllegalTransition(TenantsError):
    """A state may not follow another."""

    def __init__(self, tenant: str, state: str, to: str) -> None:
        super().__init__(f"Tenant {tenant!r} is {state} and cannot become {to}.")


class OtherOrg(TenantsError):
    """A reconnect was answered by another org than the tenant's."""


class StoreUnavailable(TenantsError):
    """The store did not answer, or takes no writes."""


class SealBroken(TenantsError):
    """A secret of one tenant cannot be opened: swapped, cut, edited, or sealed under another master key."""


class KeyServiceUnavailable(TenantsError):
    """The key service that wraps the data keys did not answer."""


class TenantNotActive(orgkey.TokenRequestError):
    """The tenant's state permits no token request: PENDING, SUSPECT, SUSPENDED or FORGOTTEN."""


class NeedsReauth(TenantNotActive):
    """The grant is dead. All traffic of the tenant stops until an admin of the org consents anew."""


class RotationLost(NeedsReauth):
    """A refresh was sent and its answer, with the next refresh token, never got here."""


class RefreshInProgress(orgkey.TokenRequestError):
    """A refresh takes longer than a caller waits. It goes on; ``retry_after`` says when to ask again."""
