"""Changes of a tenant's state by people: each with its cause, who made it, and its audit line in one transaction."""

from __future__ import annotations

import shlex
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import orgkey
from orgkey_tenants.errors import IllegalTransition, RefreshInProgress, TenantExists, UnknownTenant, local
from orgkey_tenants.record import Audit, State, TenantRecord, moved, read_org_id, require_id
from orgkey_tenants.revocation import revoke
from orgkey_tenants.steps import Tell
from orgkey_tenants.stores import record_of
from orgkey_tenants.terms import told_of_tenant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_tenants.steps import Ports

__all__ = ["add", "confirm", "forget", "move", "resume"]

_TRIES: Final = 20  # of a compare-and-swap that others keep winning


def add(ports: Ports, tenant: str, *, login_url: str, client_id: str, org_id: str, by: str) -> TenantRecord:
    """Make a tenant known that will consent: PENDING. ``org_id`` is the org whose consent it takes; empty for any.

    Raises :class:`~orgkey_tenants.TenantExists`; :class:`orgkey.ConfigError` for a host that is not Salesforce's, and
    for a tenant's id or an org id that is none.
    """
    require_id(tenant)
    login = ports.login(login_url, tenant)
    now = ports.store.now()
    record = TenantRecord(
        tenant=tenant,
        login_url=str(login),
        client_id=client_id,
        org_id=read_org_id(org_id),
        created_at=now,
        changed_at=now,
        changed_by=by,
        cause="ADDED",
        epoch=ports.store.epoch(),
    )
    if not ports.store.create(record, Audit.of(record, "added", by=by, at=now)):
        raise TenantExists(tenant)
    return record_of(ports.store, tenant)


def resume(ports: Ports, tenant: str, *, by: str) -> TenantRecord:
    """End a suspension. The tenant becomes what it can be: SUSPECT where the store was restored meanwhile."""
    record = record_of(ports.store, tenant)
    to = State.ACTIVE if record.sealed else State.PENDING
    if record.rotates and record.sealed and record.epoch < ports.store.epoch():
        to = State.SUSPECT
    return move(ports, tenant, to, cause="RESUMED", by=by, event="resumed", only=State.SUSPENDED)


def confirm(ports: Ports, tenant: str, *, by: str) -> TenantRecord:
    """Say that a SUSPECT tenant's refresh token is the current one."""
    changes = {"epoch": ports.store.epoch()}
    cause, only = "CONFIRMED", State.SUSPECT
    return move(ports, tenant, State.ACTIVE, cause=cause, by=by, event="confirmed", changes=changes, only=only)


def forget(ports: Ports, tenant: str, *, by: str, force: bool, skew: float) -> TenantRecord:
    """Revoke the tenant's grant at Salesforce, then delete its data keys and its secret.

    ``skew`` is waited for beyond the deadline of a refresh that nobody settled. Raises
    :class:`orgkey.TokenRequestError` where Salesforce cannot be told, or :class:`orgkey.ConfigError` where the login
    URL is none of Salesforce's, and ``force`` is not set; :class:`~orgkey_tenants.RefreshInProgress` while a refresh is
    under way.
    """
    record = record_of(ports.store, tenant)
    if record.state is not State.FORGOTTEN:
        _require_settled(ports, record, skew)
        if record.rotates and record.sealed:
            with suppress(orgkey.OrgkeyError) if force else _told_that_nothing_was_forgotten(record):
                revoke(ports, record)
        blank = dict.fromkeys(("org_id", "user_id", "instance_url", "scope", "username", "certificate"), "")
        changes = {**blank, "sealed": b"", "family": "", "intent": None, "keepalive_at": None, "dek_version": 0}
        record = move(
            ports, tenant, State.FORGOTTEN, cause="FORGOTTEN_BY_US", by=by, event="forgotten", changes=changes
        )
    ports.sealer.shred(tenant)
    return record


@contextmanager
def _told_that_nothing_was_forgotten(record: TenantRecord) -> Iterator[None]:
    command = f"orgkey tenants forget {shlex.quote(record.tenant)}"
    step = (
        f"Nothing was forgotten: tenant {record.tenant!r} is {record.state} as before. Run `{command}` again once this "
        f"is mended. Or go on now with `{command} --force` (force=True): its secret and keys are deleted here, and its "
        "grant lives on at Salesforce until its policy or the org's administrator ends it."
    )
    try:
        with told_of_tenant(record.tenant, record.grant, record.login_url):
            yield
    except orgkey.ConfigError as error:
        raise orgkey.ConfigError(f"{error} {step}") from None
    except orgkey.TokenRequestError as error:
        cause = replace(error.diagnosis.cause, remedy=(step, *error.diagnosis.cause.remedy))
        error.diagnosis = replace(error.diagnosis, cause=cause)
        raise


def _require_settled(ports: Ports, record: TenantRecord, skew: float) -> None:
    if record.intent is not None:
        left = record.intent.seconds_left(ports.store.now(), skew)
        if left > 0:
            error = local(RefreshInProgress, "RENEWAL_UNDER_WAY", f"tenant {record.tenant!r}")
            error.retry_after = left
            raise error


def move(
    ports: Ports,
    tenant: str,
    to: State,
    *,
    cause: str,
    by: str,
    event: str,
    changes: dict[str, Any] | None = None,
    only: State | None = None,
) -> TenantRecord:
    """Change the tenant's state, whatever else changes it meanwhile; the audit line is in the same transaction.

    Raises :class:`~orgkey_tenants.IllegalTransition` where that state may not follow, and where the tenant is in
    another one than ``only``.
    """
    store = ports.store
    for _ in range(_TRIES):
        reading = store.read(tenant)
        if reading is None:
            raise UnknownTenant(tenant)
        found = reading.record
        if only is not None and found.state is not only:
            raise IllegalTransition(tenant, found.state, to, needs=only)
        changed = replace(moved(found, to, cause=cause, by=by, at=reading.now), **(changes or {}))
        if store.swap(changed, Audit.of(changed, event, by=by, at=reading.now), version=found.version):
            Tell(orgkey.EventKind.TENANT_STATE, changed, changed.cause).perform(ports)
            return replace(changed, version=found.version + 1)
    raise local(RefreshInProgress, "RENEWAL_UNDER_WAY", f"tenant {tenant!r} is changed by others all the time")
