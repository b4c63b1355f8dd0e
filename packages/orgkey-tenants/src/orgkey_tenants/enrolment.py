"""Tenants without a consent: JWT Bearer with a key of the tenant's own, and Client Credentials.

Their private keys and client secrets are sealed like refresh tokens. Nothing rotates: their token requests need no
refresh protocol, and any number of processes may make them.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import orgkey
from orgkey_tenants.errors import StoreUnavailable, TenantExists
from orgkey_tenants.record import Audit, State, TenantRecord, require_id
from orgkey_tenants.session import grant_of
from orgkey_tenants.terms import ENROLMENT, renaming

if TYPE_CHECKING:
    from orgkey.endpoint import TokenAnswer
    from orgkey_tenants.steps import Ports

__all__ = ["enrol", "note_answer", "note_failure", "renew_secret"]

_FIRST: Final = 1


def enrol(ports: Ports, record: TenantRecord, secret: orgkey.Secret, *, by: str = "") -> TenantRecord:
    """Add the tenant ``record``, ACTIVE from now on, and seal its private key (PEM) or client secret.

    ``record`` has ``tenant``, ``grant``, ``login_url`` and ``client_id``, and for JWT Bearer ``username``, and may have
    ``audience`` and ``certificate``. A FORGOTTEN tenant of that id is begun anew. Returns the record as it is stored.

    Raises :class:`orgkey.ConfigError` for settings that cannot work, :class:`~orgkey_tenants.TenantExists`, and
    :class:`~orgkey_tenants.StoreUnavailable`.
    """
    require_id(record.tenant)
    grant = _grant(record, secret)
    with renaming(ENROLMENT):
        problems = grant.problems(ports.login(record.login_url, record.tenant))
        if problems:
            raise orgkey.ConfigError(problems)
    store = ports.store
    before = store.read(record.tenant)
    if before is not None and before.record.state is not State.FORGOTTEN:
        raise TenantExists(record.tenant)
    key = ports.sealer.newest(record.tenant)
    family = secrets.token_hex(16)
    sealed = ports.sealer.seal(key, secret, kind=record.secret_kind, family=family, generation=_FIRST)
    now = store.now()
    record = replace(
        record,
        state=State.ACTIVE,
        cause="ENROLLED",
        changed_at=now,
        changed_by=by,
        created_at=now,
        family=family,
        generation=_FIRST,
        sealed=sealed,
        dek_version=key.version,
        epoch=store.epoch(),
    )
    audit = Audit.of(record, "enrolled", by=by, at=now)
    if before is None:
        written = store.create(record, audit)
    else:
        written = store.swap(record, audit, version=before.record.version)
    if not written:
        raise TenantExists(record.tenant)
    return replace(record, version=1 if before is None else before.record.version + 1)


def renew_secret(
    ports: Ports, record: TenantRecord, secret: orgkey.Secret, *, certificate: str = "", by: str = ""
) -> TenantRecord:
    """Put a new private key or client secret in the place of the tenant's; sessions take it up at their next renewal.

    ``certificate`` (PEM) goes with a new key. Returns the record as it is stored.

    Raises :class:`orgkey.ConfigError` for a secret that cannot work, and
    :class:`~orgkey_tenants.StoreUnavailable`.
    """
    _grant(record, secret)
    key = ports.sealer.newest(record.tenant)
    generation = record.generation + 1
    sealed = ports.sealer.seal(key, secret, kind=record.secret_kind, family=record.family, generation=generation)
    changed = replace(
        record, sealed=sealed, dek_version=key.version, generation=generation, certificate=certificate or ""
    )
    audit = Audit.of(changed, "secret_renewed", by=by, at=ports.store.now())
    if not ports.store.swap(changed, audit, version=record.version):
        raise orgkey.ConfigError(
            f"Tenant {record.tenant!r} was changed by somebody else just now. Look, and try again."
        )
    return replace(changed, version=record.version + 1)


def note_answer(ports: Ports, record: TenantRecord, answer: TokenAnswer, *, by: str) -> None:
    """Keep what a token request brought, as a refresh keeps it: the record says whether a tenant is well.

    Never raises, since no token depends on it. Where somebody wrote meanwhile, theirs stands.
    """
    with suppress(StoreUnavailable):
        now = ports.store.now()
        brought = record.after(answer, now)
        ports.store.swap(brought, Audit.of(brought, "refreshed", by=by, at=now), version=record.version)


def note_failure(ports: Ports, record: TenantRecord, error: orgkey.TokenRequestError, *, by: str) -> None:
    """Keep why a token request brought nothing. Never raises, as above."""
    with suppress(StoreUnavailable):
        cause = error.diagnosis.cause.id
        failed = replace(record, failures=record.failures + 1, last_error=cause)
        line = Audit.of(failed, "not_refreshed", by=by, at=ports.store.now(), cause=cause)
        ports.store.swap(failed, line, version=record.version)


def _grant(record: TenantRecord, secret: orgkey.Secret) -> orgkey.Grant:
    if record.grant in {"jwt_bearer", "client_credentials"}:
        with renaming(ENROLMENT):
            return grant_of(record, secret)
    raise orgkey.ConfigError(
        f"Tenant {record.tenant!r}: {record.grant!r} is no grant with a key or secret of the tenant's own; those are "
        "jwt_bearer and client_credentials. A consent (authorization_code) begins with `orgkey tenants authorize` and "
        "is replaced by `orgkey tenants reconnect` (start_authorization and reconnect in Python)."
    )
