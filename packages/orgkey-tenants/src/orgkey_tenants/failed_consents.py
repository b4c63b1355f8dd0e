"""A consent that came to nothing: kept in the audit trail, and told to whoever asks why a tenant has no grant."""

from __future__ import annotations

import shlex
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import orgkey
from orgkey_tenants.errors import NeedsReauth, StoreUnavailable, TenantNotActive
from orgkey_tenants.record import Audit, State
from orgkey_tenants.terms import naming

if TYPE_CHECKING:
    from orgkey_tenants.stores.base import Store

__all__ = ["explained", "keep"]

_EVENT: Final = "consent_failed"
_LONGEST: Final = 500  # characters of what was said, which somebody else may have written
_WAITING: Final = State.PENDING, State.NEEDS_REAUTH  # states in which a consent is what is missing


def keep(store: Store, tenant: str, error: orgkey.OrgkeyError, *, by: str) -> None:
    """Add the audit line of a consent that ``error`` ended. Never raises: the error is what counts."""
    with suppress(StoreUnavailable):
        reading = store.read(tenant)
        if reading is not None:
            said = _said(error)[:_LONGEST]
            store.note(Audit.of(reading.record, _EVENT, by=by, at=reading.now, cause=said))


def explained(store: Store, tenant: str, error: TenantNotActive) -> TenantNotActive:
    """``error``, with the latest consent that failed since the tenant came into its state, where there is one.

    The cause is then that consent's, where the catalogue has it: mending it is what lets the next one through.
    """
    reading = store.read(tenant)
    if reading is None or reading.record.state not in _WAITING:
        return error
    failed = next(iter(store.audit(tenant, limit=1, events=(_EVENT,))), None)
    if failed is None or failed.at < reading.record.changed_at:
        return error
    when = datetime.fromtimestamp(failed.at, UTC).isoformat(timespec="seconds")
    command = "reconnect" if isinstance(error, NeedsReauth) else "authorize"
    again = f"orgkey tenants {command} {shlex.quote(tenant)}"
    facts = (
        *error.diagnosis.evidence,
        f"its latest consent failed at {when}, by {failed.actor or '-'}: {failed.cause}",
        f"once that is mended: {again} says where to send the org's administrator again",
    )
    cause_id = failed.cause.partition(":")[0]
    found = orgkey.diagnose(orgkey.Evidence(surface="local", error=cause_id, facts=facts))
    told = type(error)(found if found.cause.id == cause_id else replace(error.diagnosis, evidence=facts))
    return naming(told, tenant)


def _said(error: orgkey.OrgkeyError) -> str:
    """The cause's id, or the error's name, and what was said, in one line."""
    if not isinstance(error, orgkey.TokenRequestError):
        return orgkey.redact(f"{type(error).__name__}: {error}")
    diagnosis = error.diagnosis
    said = diagnosis.wire or "; ".join(diagnosis.evidence)
    return orgkey.redact(f"{diagnosis.cause.id}: {said}" if said else diagnosis.cause.id)
