"""New keys under tenants' secrets: another master key around data keys, and other data keys around secrets."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from orgkey_tenants.record import Audit
from orgkey_tenants.stores import record_of, records_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from orgkey_tenants.steps import Ports

__all__ = ["reseal", "rotate_data_keys", "rotate_master_key"]


def rotate_master_key(ports: Ports, *, progress: Callable[[str], None] | None = None) -> int:
    """Wrap every data key under the present master key; no secret is decrypted. Returns how many were moved."""
    moved_keys = 0
    for record in records_of(ports.store):
        moved_keys += ports.sealer.rewrap(record.tenant)
        if progress is not None:
            progress(record.tenant)
    return moved_keys


def rotate_data_keys(ports: Ports, *, by: str, sweep: bool, progress: Callable[[str], None] | None = None) -> int:
    """Make a new data key for every tenant with a secret; each next refresh seals with it.

    ``sweep`` seals again now where no refresh is under way, and drops the keys that nothing uses any more.
    Returns how many tenants got a key.
    """
    count = 0
    for record in records_of(ports.store):
        if record.sealed:
            ports.sealer.new_key(record.tenant)
            count += 1
            if sweep:
                reseal(ports, record.tenant, by=by)
        if progress is not None:
            progress(record.tenant)
    return count


def reseal(ports: Ports, tenant: str, *, by: str) -> bool:
    """Seal the tenant's secret with its newest data key and drop the older ones; False while a refresh is on."""
    store, sealer = ports.store, ports.sealer
    record = record_of(store, tenant)
    newest = sealer.newest(tenant)
    if not record.sealed or record.intent is not None:
        return False
    if record.dek_version != newest.version:
        secret = sealer.open_record(record)
        sealed = sealer.seal(
            newest, secret, kind=record.secret_kind, family=record.family, generation=record.generation
        )
        changed = replace(record, sealed=sealed, dek_version=newest.version)
        audit = Audit.of(changed, "resealed", by=by, at=store.now())
        if not store.swap(changed, audit, version=record.version):
            return False
    store.drop_keys(tenant, below=newest.version)
    return True
