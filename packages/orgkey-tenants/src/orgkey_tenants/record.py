"""What is kept of one tenant: its record, its states, and which state may follow which."""

from __future__ import annotations

import re
import reprlib
import unicodedata
from dataclasses import dataclass, field, replace
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, Self

import orgkey
from orgkey.endpoint import long_id
from orgkey_tenants.errors import IllegalTransition

if TYPE_CHECKING:
    from orgkey.endpoint import TokenAnswer

__all__ = [
    "ANSWERED",
    "REFRESHED",
    "Audit",
    "Authorization",
    "Intent",
    "Reading",
    "State",
    "TenantRecord",
    "WrappedKey",
    "moved",
    "read_org_id",
    "require_id",
    "states_before",
]

DAY: Final = 86_400.0
IDLE_LIMIT: Final = 30 * DAY
"""How long a refresh token lives unused: the policy that Salesforce requires of partner-provided apps."""

REFRESHED: Final = (
    "sealed",
    "dek_version",
    "generation",
    "org_id",
    "user_id",
    "instance_url",
    "scope",
    "last_refresh",
    "keepalive_at",
)
"""The fields of a record that a refresh brings anew: what the journal keeps of it, and what settles it in a store."""

_LONGEST_ID: Final = 255  # characters: what the column holds
_NO_TEXT: Final = {"Cc": "a control character", "Cs": "a byte that is no UTF-8"}  # by Unicode's general category

_ORG_ID: Final = re.compile(r"00D[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?")

# A dormant tenant is refreshed between half and two thirds of the idle limit: day 15 to 20 of 30.
_EARLIEST: Final = 1 / 2
_LATEST: Final = 2 / 3


class State(StrEnum):
    """Where a tenant stands."""

    PENDING = "PENDING"  # known, and nobody has consented yet
    ACTIVE = "ACTIVE"
    SUSPECT = "SUSPECT"  # its refresh token may be an old one: the store was restored from a backup
    NEEDS_REAUTH = "NEEDS_REAUTH"  # the grant is dead: an admin of the org must consent anew
    SUSPENDED = "SUSPENDED"  # stopped by us
    FORGOTTEN = "FORGOTTEN"  # revoked and shredded; the row remains, so that nobody takes the id by accident


_LEGAL: Final = {
    State.PENDING: {State.ACTIVE, State.SUSPENDED, State.FORGOTTEN},
    State.ACTIVE: {State.SUSPECT, State.NEEDS_REAUTH, State.SUSPENDED, State.FORGOTTEN},
    State.SUSPECT: {State.ACTIVE, State.NEEDS_REAUTH, State.SUSPENDED, State.FORGOTTEN},
    State.NEEDS_REAUTH: {State.ACTIVE, State.SUSPENDED, State.FORGOTTEN},
    State.SUSPENDED: {State.PENDING, State.ACTIVE, State.SUSPECT, State.NEEDS_REAUTH, State.FORGOTTEN},
    State.FORGOTTEN: {State.PENDING},  # the customer comes back: a new consent, new keys, nothing of before
}


ANSWERED: Final = 0.0
"""The deadline of an intent that nobody waits for any more: its request was answered."""


@dataclass(frozen=True, slots=True)
class Intent:
    """A refresh that was announced before it was sent, and has not been settled.

    Attributes
    ----------
    id:
        Random; who knows it may settle the refresh.
    owner:
        Which process announced it.
    deadline:
        Store time in seconds since the epoch. Until then (plus a margin for clocks) nobody else sends.
    probe:
        0 for a refresh; n for the n-th probe after one whose outcome is unknown.

    """

    id: str
    owner: str
    deadline: float
    probe: int = 0

    def seconds_left(self, now: float, skew: float) -> float:
        """How long nobody else sends, at the store's time ``now``; ``skew`` is the margin for clocks.

        0 where the deadline is past, and where it is :data:`ANSWERED`.
        """
        return 0.0 if self.deadline <= ANSWERED else max(0.0, self.deadline + skew - now)


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantRecord:
    """One customer's org, as the store keeps it.

    Attributes
    ----------
    tenant:
        The product's own id of the customer. It never changes.
    version:
        One more with each write; what compare-and-swap compares.
    state, cause, changed_at, changed_by:
        Where it stands, why, since when, and who did that.
    grant:
        ``authorization_code``, ``jwt_bearer`` or ``client_credentials``.
    login_url, client_id, username, audience, certificate:
        What a token request says besides the secret. ``username``, ``audience`` and ``certificate`` (PEM) are JWT
        Bearer's.
    org_id, user_id, instance_url, scope:
        What the last token answer said. The org id is pinned by the first one, or was named before it.
    family:
        Names one consent: all refresh tokens that descend from it are one family.
    generation:
        Which refresh token of its family this is; one more with each refresh.
    sealed, dek_version:
        The refresh token, private key or client secret, encrypted, and which of the tenant's keys it is encrypted with.
    epoch:
        The store's epoch at the last consent or confirmation; behind the store's, it may be a restored copy.
    intent:
        A refresh under way, or one whose outcome is unknown.
    failures, last_error:
        How many refreshes in a row brought nothing, and the cause of the last one.
    created_at, last_refresh, last_call, keepalive_at:
        Store time in seconds since the epoch. ``keepalive_at`` is when a dormant tenant is refreshed.

    """

    tenant: str
    version: int = 0
    state: State = State.PENDING
    cause: str = ""
    changed_at: float = 0.0
    changed_by: str = ""
    grant: str = "authorization_code"
    login_url: str = ""
    client_id: str = ""
    username: str = ""
    audience: str = ""
    certificate: str = ""
    org_id: str = ""
    user_id: str = ""
    instance_url: str = ""
    scope: str = ""
    family: str = ""
    generation: int = 0
    sealed: bytes = field(default=b"", repr=False)
    dek_version: int = 0
    epoch: int = 0
    intent: Intent | None = None
    failures: int = 0
    last_error: str = ""
    created_at: float = 0.0
    last_refresh: float | None = None
    last_call: float | None = None
    keepalive_at: float | None = None

    @property
    def rotates(self) -> bool:
        """Whether it lives by a refresh token, which each refresh may replace."""
        return self.grant == "authorization_code"

    @property
    def secret_kind(self) -> str:
        """What :attr:`sealed` holds: bound into its encryption."""
        return {"jwt_bearer": "private_key", "client_credentials": "client_secret"}.get(self.grant, "refresh_token")

    @property
    def idle_deadline(self) -> float | None:
        """When an unused refresh token dies (30 days after its last use); None where there is none."""
        return None if self.last_refresh is None or not self.rotates else self.last_refresh + IDLE_LIMIT

    @property
    def refreshed(self) -> dict[str, Any]:
        """Its :data:`REFRESHED` fields, by name."""
        return {name: getattr(self, name) for name in REFRESHED}

    def after(self, answer: TokenAnswer, now: float) -> Self:
        """The record once ``answer`` came at the store's time ``now``. What is sealed is for the caller to add."""
        return replace(
            self,
            org_id=self.org_id or answer.org_id,
            user_id=answer.user_id,
            instance_url=str(answer.instance),
            scope=" ".join(sorted(answer.scope)),
            last_refresh=now,
            keepalive_at=self.next_keepalive(now) if self.rotates else None,
            failures=0,
            last_error="",
        )

    def next_keepalive(self, refreshed_at: float) -> float:
        """When to refresh if nobody else does: spread by the tenant's hash, well inside the idle limit."""
        share = int.from_bytes(sha256(self.tenant.encode()).digest()[:8], "big") / 2**64
        return refreshed_at + IDLE_LIMIT * (_EARLIEST + (_LATEST - _EARLIEST) * share)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """One line of the audit trail; written in the transaction of what it tells of. No secret is in it."""

    tenant: str
    at: float
    actor: str
    event: str
    state: State
    cause: str = ""
    generation: int = 0

    @classmethod
    def of(cls, record: TenantRecord, event: str, *, by: str, at: float, cause: str | None = None) -> Self:
        """A line about ``record`` as it is from now on; ``cause`` is the event's, where it is not the state's."""
        return cls(
            tenant=record.tenant,
            at=at,
            actor=by,
            event=event,
            state=record.state,
            cause=record.cause if cause is None else cause,
            generation=record.generation,
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """A strong read of a record and the tenant's wrapped data keys, oldest first, and the store's time at that moment.

    The keys come along because a refresh needs both: one look at the store, and one moment for both.
    """

    record: TenantRecord
    now: float
    keys: tuple[WrappedKey, ...] = ()


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A tenant's data key, wrapped by the master key ``master`` (its id)."""

    tenant: str
    version: int
    wrapped: bytes = field(repr=False)
    master: str
    created_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """A consent that was asked for and not given yet. It is taken out of the store by the first answer to it.

    ``state_hash`` and ``browser_hash`` are SHA-256 in hex of what went out; ``sealed`` is the PKCE verifier, encrypted
    with the tenant's key ``dek_version`` under the kind ``code_verifier`` and the family ``family``, which a consent
    begins.
    """

    state_hash: str
    tenant: str
    browser_hash: str
    family: str
    sealed: bytes = field(repr=False)
    dek_version: int
    login_url: str
    redirect_uri: str
    scope: str
    expires_at: float
    created_by: str = ""


def states_before(to: State) -> tuple[State, ...]:
    """The states that ``to`` may follow."""
    return tuple(state for state, following in _LEGAL.items() if to in following)


def moved(record: TenantRecord, to: State, *, cause: str, by: str, at: float) -> TenantRecord:
    """``record`` in the state ``to``. Raises :class:`~orgkey_tenants.IllegalTransition` where that may not follow."""
    if to is record.state or to not in _LEGAL[record.state]:
        raise IllegalTransition(record.tenant, record.state, to)
    return replace(record, state=to, cause=cause, changed_by=by, changed_at=at)


def require_id(tenant: object) -> None:
    """Raise :class:`orgkey.ConfigError` unless ``tenant`` can be the id of a new tenant.

    That is what products call customers by: UUIDs, slugs, numbers, e-mail addresses. What nobody could see or type
    again is refused: nothing at all, white space around it, control characters. Nothing uses an id as a path.
    """
    wrong = ""
    if not isinstance(tenant, str):
        wrong = f"is a {type(tenant).__name__}, where text belongs."
    elif not tenant:
        wrong = "is empty. Was a variable not set?"
    elif tenant != tenant.strip():
        wrong = "begins or ends with white space. Remove it: ids are compared literally."
    elif len(tenant) > _LONGEST_ID:
        wrong = f"has {len(tenant)} characters. It takes {_LONGEST_ID} at most."
    elif found := {unicodedata.category(character) for character in tenant} & _NO_TEXT.keys():
        wrong = f"has {_NO_TEXT[min(found)]} in it."
    if wrong:
        raise orgkey.ConfigError(f"The tenant's id {reprlib.repr(tenant)} {wrong}")


def read_org_id(text: str) -> str:
    """An org id that somebody typed, in its 18 characters; empty where nothing was.

    Raises :class:`orgkey.ConfigError` for what is none: 15 or 18 characters that begin with 00D, case kept.
    """
    org_id = text.strip()
    if not org_id:
        return ""
    if _ORG_ID.fullmatch(org_id) is None or long_id(org_id[:15]) != long_id(org_id):
        raise orgkey.ConfigError(
            f"{text!r} is no org id. It is in the org's Setup > Company Information, 15 or 18 characters that begin "
            "with 00D; upper and lower case differ."
        )
    return long_id(org_id)
