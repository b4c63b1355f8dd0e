"""A store in memory: for tests and simulations, and the shortest statement of what a store must do."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

import orgkey
from orgkey_tenants.record import Audit, Authorization, Reading, State, TenantRecord, WrappedKey

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

__all__ = ["MemoryStore"]


class MemoryStore:
    """Everything in dictionaries, under one lock."""

    def __init__(self, clock: orgkey.Clock = orgkey.SYSTEM_CLOCK) -> None:
        self._clock = clock
        self._lock = threading.RLock()
        self._records: dict[str, TenantRecord] = {}
        self._audit: defaultdict[str, list[Audit]] = defaultdict(list)
        self._keys: defaultdict[str, dict[int, WrappedKey]] = defaultdict(dict)
        self._authorizations: dict[str, Authorization] = {}
        self._claims: dict[str, float] = {}
        self._epoch = 0

    def now(self) -> float:
        """The clock's time."""
        return self._clock.now()

    def read(self, tenant: str) -> Reading | None:
        """Look it up."""
        with self._lock:
            record = self._records.get(tenant)
            return None if record is None else Reading(record, self.now(), tuple(self.keys(tenant)))

    def create(self, record: TenantRecord, audit: Audit) -> bool:
        """Add it, unless its id is taken."""
        with self._lock:
            if record.tenant in self._records:
                return False
            self._records[record.tenant] = replace(record, version=1)
            self._audit[record.tenant].append(audit)
            return True

    def swap(self, record: TenantRecord, audit: Audit, *, version: int) -> bool:
        """Compare the version."""
        with self._lock:
            held = self._records.get(record.tenant)
            if held is None or held.version != version:
                return False
            self._records[record.tenant] = replace(record, version=version + 1, last_call=held.last_call)
            self._audit[record.tenant].append(audit)
            return True

    def settle(self, record: TenantRecord, audit: Audit, *, intent: str) -> bool:
        """Compare the intent."""
        with self._lock:
            held = self._records.get(record.tenant)
            if held is None or held.intent is None or held.intent.id != intent:
                return False
            self._records[record.tenant] = replace(
                held,
                **record.refreshed,
                version=held.version + 1,
                intent=None,
                failures=0,
                last_error="",
            )
            self._claims.pop(record.tenant, None)
            self._audit[record.tenant].append(audit)
            return True

    def page(self, *, states: Iterable[State] = (), after: str = "", limit: int = 100) -> list[TenantRecord]:
        """Sort and cut."""
        wanted = set(states)
        with self._lock:
            found = [
                self._records[tenant]
                for tenant in sorted(self._records)
                if tenant > after and (not wanted or self._records[tenant].state in wanted)
            ]
        return found[:limit]

    def audit(self, tenant: str, *, limit: int = 100, events: Collection[str] = ()) -> list[Audit]:
        """The tail, turned around."""
        with self._lock:
            return [line for line in self._audit[tenant][::-1] if not events or line.event in events][:limit]

    def note(self, audit: Audit) -> None:
        """Append it."""
        with self._lock:
            self._audit[audit.tenant].append(audit)

    def keys(self, tenant: str) -> list[WrappedKey]:
        """By version."""
        with self._lock:
            return [self._keys[tenant][version] for version in sorted(self._keys[tenant])]

    def add_key(self, key: WrappedKey) -> bool:
        """Add it, unless there is one of that version."""
        with self._lock:
            return self._keys[key.tenant].setdefault(key.version, key) is key

    def rewrap_key(self, key: WrappedKey, *, instead_of: bytes) -> bool:
        """Compare the old wrapping."""
        with self._lock:
            held = self._keys[key.tenant].get(key.version)
            if held is None or held.wrapped != instead_of:
                return False
            self._keys[key.tenant][key.version] = key
            return True

    def drop_keys(self, tenant: str, *, below: int | None = None) -> int:
        """Delete them."""
        with self._lock:
            now = self.now()
            waiting = {
                held.dek_version
                for held in self._authorizations.values()
                if held.tenant == tenant and held.expires_at > now
            }
            versions = [
                version
                for version in self._keys[tenant]
                if below is None or (version < below and version not in waiting)
            ]
            for version in versions:
                del self._keys[tenant][version]
            return len(versions)

    def put_authorization(self, authorization: Authorization) -> None:
        """Keep it, and drop those past their time."""
        with self._lock:
            now = self.now()
            self._authorizations = {name: held for name, held in self._authorizations.items() if held.expires_at > now}
            self._authorizations[authorization.state_hash] = authorization

    def take_authorization(self, state_hash: str) -> Authorization | None:
        """Take it out."""
        with self._lock:
            taken = self._authorizations.pop(state_hash, None)
            return taken if taken is not None and taken.expires_at > self.now() else None

    def touch(self, calls: Mapping[str, float]) -> None:
        """Keep the later time."""
        with self._lock:
            for tenant, at in calls.items():
                held = self._records.get(tenant)
                if held is not None and (held.last_call is None or held.last_call < at):
                    self._records[tenant] = replace(held, last_call=at)

    def claim_due(self, *, limit: int, seconds: float) -> list[str]:
        """Under the lock."""
        with self._lock:
            now = self.now()
            due = sorted(
                (held.keepalive_at, tenant)
                for tenant, held in self._records.items()
                if held.keepalive_at is not None
                and held.keepalive_at <= now
                and held.state is State.ACTIVE
                and held.rotates
                and self._claims.get(tenant, 0.0) <= now
            )
            chosen = [tenant for _, tenant in due[:limit]]
            self._claims.update(dict.fromkeys(chosen, now + seconds))
            return chosen

    def epoch(self) -> int:
        """The epoch."""
        return self._epoch

    def begin_epoch(self, *, by: str) -> int:
        """Under the lock."""
        with self._lock:
            self._epoch += 1
            affected = [held for held in self._records.values() if held.state is State.ACTIVE and held.rotates]
            for held in affected:
                now = self.now()
                changed = replace(
                    held, version=held.version + 1, state=State.SUSPECT, cause="RESTORED", changed_by=by, changed_at=now
                )
                self._records[held.tenant] = changed
                self._audit[held.tenant].append(Audit.of(changed, "restored", by=by, at=now))
            return len(affected)

    def close(self) -> None:
        """Nothing to give back."""

    def __repr__(self) -> str:
        return f"<MemoryStore of {len(self._records)} tenants>"
