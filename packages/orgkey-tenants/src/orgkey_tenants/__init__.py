"""Hundreds of customer orgs: encrypted refresh tokens, rotation-safe refresh, a state for each tenant."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orgkey_tenants.authorization import AuthorizationRefused, AuthorizationURL
    from orgkey_tenants.errors import (
        IllegalTransition,
        KeyServiceUnavailable,
        NeedsReauth,
        OtherOrg,
        RefreshInProgress,
        RotationLost,
        SealBroken,
        StoreUnavailable,
        TenantExists,
        TenantNotActive,
        TenantsError,
        UnknownTenant,
    )
    from orgkey_tenants.protocol import Limits
    from orgkey_tenants.record import Audit, Intent, State, TenantRecord
    from orgkey_tenants.registry import Tenants
    from orgkey_tenants.session import TenantSession

__version__ = "0.1.0"

__all__ = [
    "Audit",
    "AuthorizationRefused",
    "AuthorizationURL",
    "IllegalTransition",
    "Intent",
    "KeyServiceUnavailable",
    "Limits",
    "NeedsReauth",
    "OtherOrg",
    "RefreshInProgress",
    "RotationLost",
    "SealBroken",
    "State",
    "StoreUnavailable",
    "TenantExists",
    "TenantNotActive",
    "TenantRecord",
    "TenantSession",
    "Tenants",
    "TenantsError",
    "UnknownTenant",
    "__version__",
]

_HOME = {
    **dict.fromkeys(["AuthorizationRefused", "AuthorizationURL"], "authorization"),
    **dict.fromkeys(["Audit", "Intent", "State", "TenantRecord"], "record"),
    "Limits": "protocol",
    "TenantSession": "session",
    "Tenants": "registry",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        msg = f"module 'orgkey_tenants' has no attribute {name!r}"
        raise AttributeError(msg)
    value: object = getattr(import_module(f"orgkey_tenants.{_HOME.get(name, 'errors')}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
