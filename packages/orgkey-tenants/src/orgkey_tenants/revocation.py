"""The end of a grant at Salesforce (RFC 7009): of one that is forgotten, or that a new consent has replaced.

Revoking a refresh token ends it and the access tokens that came of it (Salesforce's Mobile SDK guide, "Revoking OAuth
Tokens"), and no other consent of the same user to the same app: each has to be revoked by its own token
(forcedotcom/SalesforceMobileSDK-iOS#3779). RFC 7009 section 2.1 would permit a server to end more. Not checked against
a live org.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

import orgkey
from orgkey.endpoint import read_revocation, revoke_request
from orgkey_tenants.errors import StoreUnavailable
from orgkey_tenants.record import Audit, TenantRecord
from orgkey_tenants.session import HeldGrant

if TYPE_CHECKING:
    from orgkey_tenants.steps import Ports

__all__ = ["revoke", "revoke_former"]

PATIENCE: Final = 5.0


def revoke(ports: Ports, record: TenantRecord, *, sparing: orgkey.Secret | None = None) -> bool:
    """End the grant whose refresh token ``record`` holds; False where it is ``sparing``, which must live.

    Raises :class:`orgkey.OrgkeyError`: where the token does not open, or Salesforce cannot be told.
    """
    key = ports.sealer.key(record.tenant, record.dek_version)
    secret = ports.sealer.open(
        key, record.sealed, kind=record.secret_kind, family=record.family, generation=record.generation
    )
    if secret == sparing:
        return False
    login = ports.rules.origin(record.login_url, f"The login URL of tenant {record.tenant!r}")
    answer = ports.sender.send(revoke_request(secret, login))
    read_revocation(answer, HeldGrant(record.client_id, ports.client_secret), login)
    return True


def revoke_former(ports: Ports, former: TenantRecord, token: orgkey.Secret, *, by: str) -> None:
    """End the grant that a new consent, whose refresh token is ``token``, has replaced in the store. Never raises.

    Where it cannot be ended it lives on at Salesforce until its policy or a later consent ends it; the audit trail says
    so, with the cause. It is waited for five seconds, since a person is looking at the callback page, and goes on.
    """
    work = threading.Thread(target=_revoke_former, args=(ports, former, token, by), name="orgkey-revoke", daemon=True)
    work.start()
    work.join(PATIENCE)


def _revoke_former(ports: Ports, former: TenantRecord, token: orgkey.Secret, by: str) -> None:
    cause = ""
    try:
        if not revoke(ports, former, sparing=token):
            return
    except orgkey.TokenRequestError as error:
        cause = error.diagnosis.cause.id
    except orgkey.OrgkeyError as error:
        cause = type(error).__name__
    try:
        line = Audit(
            tenant=former.tenant,
            at=ports.store.now(),
            actor=by,
            event="former_not_revoked" if cause else "former_revoked",
            state=former.state,
            cause=cause,
            generation=former.generation,
        )
        ports.store.note(line)
    except StoreUnavailable:
        return  # the consent itself is stored, and that is what counts
