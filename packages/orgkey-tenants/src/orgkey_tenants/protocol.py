"""The refresh protocol: one generator that says what to do next, and does no I/O itself.

It yields steps and is sent their results; drivers (sync, asyncio, crash test) carry them out. What it promises: a
refresh token is sent by one holder at a time, and its successor is never dropped while it can be kept.

The order is the argument. The data key is unwrapped before anything is announced, so that an outage of the key service
cannot fall between answer and store. The intent is announced by compare-and-swap before anything is sent: that, not the
lock, makes one sender. The time left is checked right before sending, on the monotonic clock: a lease of 150 s holds
the 75 s that a request may take, the 30 s that the store may take, and what a pause takes before. The answer is settled
by its intent, however late. The intent is taken back where it is certain that nothing was sent: the request could not
be made, or nothing carried it. Any other failure that says nothing of the answer leaves it standing. Until an intent's
deadline has passed nobody else sends, because a slow holder may be alive; after it, whoever comes next settles what the
journal has, or tries the stored token once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import inf
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import orgkey
from orgkey_tenants.errors import (
    NeedsReauth,
    RotationLost,
    StoreUnavailable,
    TenantNotActive,
    UnknownTenant,
    local,
)
from orgkey_tenants.journal import Entry
from orgkey_tenants.record import ANSWERED, Audit, Intent, State, TenantRecord, moved
from orgkey_tenants.steps import (
    TRANSIENT,
    Acquire,
    Admit,
    Draw,
    Find,
    Read,
    Release,
    Seal,
    Send,
    Settle,
    Sleep,
    Strike,
    Swap,
    Tell,
    Unseal,
    Unsent,
    WriteJournal,
)
from orgkey_tenants.terms import naming, reconnecting

if TYPE_CHECKING:
    from collections.abc import Generator

    from orgkey.endpoint import TokenAnswer
    from orgkey_tenants.steps import Opened, Step

    Steps: TypeAlias = Generator[Step, Any, Any]

__all__ = ["Limits", "Refreshed", "not_active", "refresh"]

# What an ``invalid_grant`` may say although the refresh token lives: the next one from elsewhere, or later, works.
_TOKEN_LIVES: Final = frozenset({"IP_OR_HOURS_RESTRICTED", "LOGIN_RATE_EXCEEDED", "USER_FROZEN", "RETRY_REQUEST"})


_OR_REVOKED: Final = (
    "the refresh before this one had no known outcome; "
    "if an administrator revoked the grant just then, it looks the same"
)


@dataclass(frozen=True, slots=True)
class Limits:
    """The protocol's times, in seconds; each is larger than what lies inside it.

    Attributes
    ----------
    lease:
        From the announcement to its deadline: more than ``request`` + ``persist`` + any pause that is to be survived.
    request:
        The longest a token request may take, from connecting to the last byte.
    persist:
        What the store is given to take the outcome, before the lease ends.
    skew:
        By how much clocks may differ: added to a deadline by whoever waits for somebody else's.
    patience:
        How long the outcome is offered to a store that takes no writes while the journal takes none either.
    attempts:
        How often "being processed" is asked again.
    poll:
        Shortest and longest wait before looking again; drawn at random.
    lock:
        How long a lock is waited for before going on without one.

    """

    lease: float = 150.0
    request: float = 75.0
    persist: float = 30.0
    skew: float = 5.0
    patience: float = 900.0
    attempts: int = 4
    poll: tuple[float, float] = (0.2, 1.0)
    lock: float = 10.0

    def __post_init__(self) -> None:
        if self.lease <= self.request + self.persist:
            raise orgkey.ConfigError(
                f"The lease ({self.lease:g} s) must be longer than a request ({self.request:g} s) and the time to "
                f"store its answer ({self.persist:g} s) together; otherwise a slow answer is sent for twice."
            )


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh brought: the access token for memory, and the record as it was stored."""

    answer: TokenAnswer
    record: TenantRecord


@dataclass(frozen=True, slots=True)
class _Again:
    """Look again after a wait: somebody else was faster, or is at it."""

    seconds: float = -1.0  # negative: draw it
    most: float = inf  # of what is drawn
    counts: bool = False
    error: orgkey.TokenRequestError | None = None


def refresh(tenant: str, *, owner: str, clock: orgkey.Clock, limits: Limits | None = None) -> Steps:
    """Refresh the tenant's token; returns :class:`Refreshed`.

    Raises :class:`~orgkey_tenants.NeedsReauth` and :class:`~orgkey_tenants.TenantNotActive` without sending anything
    where the state permits nothing, and :class:`orgkey.TokenRequestError` where the refresh fails.
    """
    run = _Run(tenant, owner, clock, limits or Limits())
    tries = 0
    while True:
        held = yield from run.acquire()
        try:
            outcome = yield from run.attempt()
        except Exception:
            yield Release(tenant, held)
            raise
        yield Release(tenant, held)
        if isinstance(outcome, Refreshed):
            return outcome
        tries += outcome.counts
        if outcome.error is not None and tries >= run.limits.attempts:
            raise outcome.error
        yield from run.wait(outcome.seconds, outcome.most)


class _Run:
    """One call of the protocol."""

    def __init__(self, tenant: str, owner: str, clock: orgkey.Clock, limits: Limits) -> None:
        self.tenant, self.owner, self.clock, self.limits = tenant, owner, clock, limits

    def wait(self, seconds: float, most: float = inf) -> Steps:
        if seconds < 0:
            low, high = self.limits.poll
            seconds = min(low + (high - low) * (yield Draw()), most)
        yield Sleep(seconds)

    def acquire(self) -> Steps:
        """Wait a while for the lock; go on without it rather than wait for ever."""
        until = self.clock.monotonic() + self.limits.lock
        while True:
            held = yield Acquire(self.tenant, self.limits.lease)
            if held is not None or self.clock.monotonic() >= until:
                return held
            yield from self.wait(-1.0)

    def attempt(self) -> Steps:
        """One look at the record, and one request at most."""
        began = self.clock.monotonic()
        reading = yield Read(self.tenant)
        if reading is None:
            raise UnknownTenant(self.tenant)
        record: TenantRecord = reading.record
        _require_active(record)
        if record.intent is not None:
            left = record.intent.seconds_left(reading.now, self.limits.skew)
            if left > 0:
                return _Again(most=left)  # so that nobody waits longer than lease and skew for a holder that died
            if (yield from self.recover(record, record.intent)):
                return _Again(0.0)
        yield Admit(record)
        opened: Opened = yield Unseal(reading)
        announced, mine = yield from self.announce(record, reading.now)
        if announced is None:
            return _Again()
        limits = self.limits
        if self.clock.monotonic() - began > limits.lease - limits.request - limits.persist:
            yield from self.withdraw(announced, record.intent, "too_late_to_send")
            return _Again(0.0)
        try:
            answer = yield Send(announced, opened.secret)
        except (orgkey.TokenRequestError, Unsent) as error:
            return (yield from self.failed(error, announced, record.intent))
        now = reading.now + self.clock.monotonic() - began
        outcome = yield from self.outcome(announced, answer, opened, now)
        if not (yield from self.persist(outcome, mine)):
            return _Again(0.0)
        if record.org_id and answer.org_id != record.org_id:
            fact = f"tenant {self.tenant!r} was {record.org_id}, now {answer.org_id}"
            raise local(orgkey.OrgChanged, "ORG_CHANGED", fact)
        return Refreshed(answer, outcome)

    # --- before the request ----------------------------------------------------------------------------------------

    def recover(self, record: TenantRecord, left: Intent) -> Steps:
        """Settle what the journal has of an intent that nobody else will settle; False where it has nothing."""
        entry: Entry | None = yield Find(record.tenant, left.id)
        if entry is None:
            return False
        outcome = entry.onto(record)
        settled = yield Settle(outcome, self.audit(outcome, "settled_from_journal"), left.id)
        yield Strike(record.tenant, left.id)
        return settled

    def announce(self, record: TenantRecord, now: float) -> Steps:
        """Write the intent ahead. Returns the record as stored and the intent's id, or None where others were first."""
        probe = 0 if record.intent is None else record.intent.probe + 1
        token = yield Draw()
        intent = Intent(f"{token:.17f}"[2:] + f"-{record.version}", self.owner, now + self.limits.lease, probe)
        announced = replace(record, intent=intent)
        event = "probe_announced" if probe else "refresh_announced"
        if not (yield Swap(announced, self.audit(record, event), record.version)):
            return None, ""
        return replace(announced, version=record.version + 1), intent.id

    def withdraw(self, announced: TenantRecord, before: Intent | None, event: str, *, cause: str = "") -> Steps:
        """Take the intent back: nothing was sent, or what was sent was refused. A doubt from before stays."""
        failures = announced.failures + bool(cause)
        record = replace(announced, intent=before, failures=failures, last_error=cause or announced.last_error)
        return (yield Swap(record, self.audit(record, event, cause=cause), announced.version))

    # --- after it --------------------------------------------------------------------------------------------------

    def outcome(self, announced: TenantRecord, answer: TokenAnswer, opened: Opened, now: float) -> Steps:
        """The record with what the answer brought, sealed. No I/O that could fail lies between answer and this."""
        generation = announced.generation + 1
        secret = answer.refresh_token or opened.secret
        sealed = yield Seal(opened.key, secret, announced.family, generation)
        return replace(
            announced.after(answer, now),
            intent=None,
            sealed=sealed,
            dek_version=opened.key.version,
            generation=generation,
        )

    def persist(self, outcome: TenantRecord, mine: str) -> Steps:
        """Store the outcome, by its intent and however late; False where somebody took the intent over.

        At the first refusal the journal gets it, so that a death while the store is down costs nothing.
        """
        began = self.clock.monotonic()
        delay, journaled = 0.1, False
        while True:
            try:
                settled = yield Settle(outcome, self.audit(outcome, "refreshed"), mine)
                if not settled:
                    reading = yield Read(self.tenant)
                    # A write that seemed to fail may have happened.
                    settled = reading is not None and reading.record.sealed == outcome.sealed
            except StoreUnavailable:
                spent = self.clock.monotonic() - began
                if not journaled:
                    journaled = yield WriteJournal(Entry.of(outcome, mine))
                    yield Tell(orgkey.EventKind.PERSIST_DELAYED, outcome, "TENANT_STORE_UNAVAILABLE")
                if spent > (self.limits.persist if journaled else self.limits.patience):
                    if journaled:
                        return True
                    raise
                yield Sleep(delay)
                delay = min(delay * 2, 30.0)
            else:
                if journaled:
                    yield Strike(self.tenant, mine)
                return settled

    def failed(self, error: orgkey.TokenRequestError | Unsent, announced: TenantRecord, before: Intent | None) -> Steps:
        """No usable answer came. What is known of the refresh token decides what happens to the intent."""
        if isinstance(error, Unsent):
            cause = "SETTINGS_UNUSABLE" if isinstance(error.error, orgkey.OrgkeyError) else "UNKNOWN"
            yield from self.withdraw(announced, before, "not_sent", cause=cause)
            raise error.error from None
        cause = error.diagnosis.cause.id
        if isinstance(error, orgkey.TokenEndpointUnreachable) and not error.sent:
            yield from self.withdraw(announced, before, "not_sent", cause=cause)
            raise error
        if isinstance(error, orgkey.TokenEndpointUnreachable):
            # It may be under way still: the intent stands until its deadline.
            yield from self.withdraw(announced, announced.intent, "answer_lost", cause=cause)
            raise error
        if isinstance(error, orgkey.TokenAnswerRefused) or error.status in TRANSIENT:
            # It is over, and whether the token was rotated is not known: the next refresh is a probe.
            assert announced.intent is not None  # noqa: S101  # announced() put it there
            doubt = replace(announced.intent, deadline=ANSWERED)
            yield from self.withdraw(announced, doubt, "outcome_unknown", cause=cause)
            raise error
        return (yield from self.refused(error, announced, before))

    def refused(self, error: orgkey.TokenRequestError, announced: TenantRecord, before: Intent | None) -> Steps:
        """The token endpoint said no. The store is read again before that is believed."""
        cause = error.diagnosis.cause.id
        reading = yield Read(self.tenant)
        if reading is None or reading.record.intent != announced.intent:
            return _Again(0.0)  # somebody else moved on: theirs is the newer refresh token
        current: TenantRecord = reading.record
        if error.error != "invalid_grant" or cause in _TOKEN_LIVES or not error.permanent:
            yield from self.withdraw(current, before, "refused", cause=cause)
            if cause == "REFRESH_IN_PROGRESS":
                return _Again(counts=True, error=error)
            raise error
        lost = announced.intent is not None and announced.intent.probe > 0
        cause = "LOST_ROTATION" if lost else cause
        if current.state is State.NEEDS_REAUTH:
            raise not_active(current)
        dead = moved(current, State.NEEDS_REAUTH, cause=cause, by=self.owner, at=reading.now)
        dead = replace(dead, intent=None, failures=current.failures + 1, last_error=cause, keepalive_at=None)
        if not (yield Swap(dead, self.audit(dead, "grant_ended", cause=cause), current.version)):
            return _Again(0.0)
        kind = orgkey.EventKind.ROTATION_LOST if lost else orgkey.EventKind.TENANT_STATE
        yield Tell(kind, dead, cause)
        raise _needs_reauth(dead, error)

    # --- records of what happened ----------------------------------------------------------------------------------

    def audit(self, record: TenantRecord, event: str, *, cause: str = "") -> Audit:
        return Audit.of(record, event, by=self.owner, at=self.clock.now(), cause=cause)


_STATE_CAUSES: Final = {
    State.PENDING: "TENANT_PENDING",
    State.SUSPECT: "TENANT_SUSPECT",
    State.NEEDS_REAUTH: "TENANT_NEEDS_REAUTH",
    State.SUSPENDED: "TENANT_SUSPENDED",
    State.FORGOTTEN: "TENANT_FORGOTTEN",
}


def _require_active(record: TenantRecord) -> None:
    if record.state is not State.ACTIVE:
        raise not_active(record)
    if not record.rotates:
        # Forgotten and begun anew with a key of its own: what is sealed now must never be sent as a refresh token.
        fact = f"tenant {record.tenant!r} has a key of its own now: ask tenants.session() for its session anew"
        raise local(TenantNotActive, "TENANT_FORGOTTEN", fact)


def not_active(record: TenantRecord) -> TenantNotActive:
    """What a caller gets where the tenant's state permits no token request."""
    since = datetime.fromtimestamp(record.changed_at, UTC).isoformat(timespec="seconds")
    facts = [f"tenant {record.tenant!r} is {record.state} since {since}, by {record.changed_by or '-'}"]
    facts += [f"because of {record.cause}"] if record.cause else []
    if record.state is State.NEEDS_REAUTH:
        facts.append(reconnecting(record.tenant))
        kind = RotationLost if record.cause == "LOST_ROTATION" else NeedsReauth
        return naming(local(kind, "TENANT_NEEDS_REAUTH", *facts), record.tenant)
    return naming(local(TenantNotActive, _STATE_CAUSES[record.state], *facts), record.tenant)


def _needs_reauth(record: TenantRecord, said: orgkey.TokenRequestError) -> NeedsReauth:
    """The refusal that ended the grant, with the recipe for a new one."""
    recipe = reconnecting(record.tenant)
    if record.cause == "LOST_ROTATION":
        said_it = f"{said.error}: {said.error_description}" if said.error_description else str(said.error)
        return local(RotationLost, "LOST_ROTATION", f"tenant {record.tenant!r}", said_it, _OR_REVOKED, recipe)
    diagnosis = replace(said.diagnosis, evidence=(*said.diagnosis.evidence, f"tenant {record.tenant!r}", recipe))
    return NeedsReauth(diagnosis, error=said.error, error_description=said.error_description, status=said.status)
