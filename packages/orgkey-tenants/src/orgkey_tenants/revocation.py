"""The end of a grant at Salesforce (RFC 7009): of one that is forgotten, or that a new consent has replaced.

The audit trail has a replaced one twice: the consent's own line, in the transaction of the store, says that it is to be
revoked, and a line of its own what came of that. Where only the first is there, a process died in between.

Revoking a refresh token ends it and the access tokens that came of it (Salesforce's Mobile SDK guide, "Revoking OAuth
Tokens"), and no other consent of the same user to the same app: each has to be revoked by its own token
(forcedotcom/SalesforceMobileSDK-iOS#3779). RFC 7009 section 2.1 would permit a server to end more. Not checked against
a live org.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import orgkey
from orgkey.endpoint import read_revocation, revoke_request
from orgkey_tenants.errors import StoreUnavailable
from orgkey_tenants.record import Audit, TenantRecord
from orgkey_tenants.session import HeldGrant

if TYPE_CHECKING:
    from orgkey_tenants.steps import Ports
    from orgkey_tenants.stores.base import Store

__all__ = ["CONSENTED", "TO_BE_REVOKED", "former_grant", "revoke", "revoke_former"]

PATIENCE: Final = 5.0
CONSENTED: Final = "consented"
TO_BE_REVOKED: Final = "FORMER_TO_BE_REVOKED"
"""The cause in the audit line of a consent that replaced a grant."""

_REVOKED: Final = "former_revoked"
_NOT_FOUND: Final = "former_not_found"  # no proof of an end: a token that a rotation spent is none, and its grant lives
_NOT_REVOKED: Final = "former_not_revoked"
_KEPT: Final = "former_kept"  # the new consent was answered with the same token
_OUTCOMES: Final = _REVOKED, _NOT_FOUND, _NOT_REVOKED, _KEPT


def revoke(ports: Ports, record: TenantRecord) -> None:
    """End the grant whose refresh token ``record`` holds; where Salesforce knows no such token there is none to end.

    Raises :class:`orgkey.OrgkeyError`: where the token does not open, or Salesforce cannot be told.
    """
    _end(ports, record, ports.sealer.open_record(record))


def _end(ports: Ports, record: TenantRecord, secret: orgkey.Secret) -> bool:
    login = ports.login(record.login_url, record.tenant)
    answer = ports.sender.send(revoke_request(secret, login))
    return read_revocation(answer, HeldGrant(record.client_id, ports.client_secret), login)


def former_grant(store: Store, tenant: str) -> str:
    """What became of the grant that the tenant's latest consent replaced, for people; empty where it replaced none."""
    found = store.audit(tenant, limit=1, events=(CONSENTED, *_OUTCOMES))
    if not found or (found[0].event == CONSENTED and found[0].cause != TO_BE_REVOKED):
        return ""
    line = found[0]
    told = {
        _REVOKED: "revoked",
        _NOT_FOUND: "not found at Salesforce: ended before, or its token was spent and it lives on",
        _NOT_REVOKED: f"not revoked ({line.cause})",
        _KEPT: "the same as the present one",
        CONSENTED: "not known to be revoked: it was to be, and whoever did it has not said what came of it",
    }
    when = datetime.fromtimestamp(line.at, UTC).isoformat(timespec="seconds")
    return f"{told[line.event]}, {when}"


def revoke_former(ports: Ports, former: TenantRecord, token: orgkey.Secret, *, by: str) -> None:
    """End the grant that a new consent, whose refresh token is ``token``, has replaced in the store. Never raises.

    Where it cannot be ended it lives on at Salesforce until its policy or a later consent ends it; the audit trail says
    so, with the cause. It is waited for five seconds, since a person is looking at the callback page, and goes on.
    """
    work = threading.Thread(target=_revoke_former, args=(ports, former, token, by), name="orgkey-revoke", daemon=True)
    try:
        work.start()
    except RuntimeError:  # there are too many threads, or the interpreter is ending: then it takes as long as it takes
        _revoke_former(ports, former, token, by)
    else:
        work.join(PATIENCE)


def _revoke_former(ports: Ports, former: TenantRecord, token: orgkey.Secret, by: str) -> None:
    event, cause = _NOT_REVOKED, ""
    try:
        secret = ports.sealer.open_record(former)
        if secret == token:
            event = _KEPT
        elif _end(ports, former, secret):
            event = _REVOKED
        else:
            event = _NOT_FOUND
    except orgkey.TokenRequestError as error:
        cause = error.diagnosis.cause.id
    except orgkey.OrgkeyError as error:
        cause = type(error).__name__
    try:
        ports.store.note(Audit.of(former, event, by=by, at=ports.store.now(), cause=cause))
    except StoreUnavailable:
        return  # the consent itself is stored, and that is what counts
