"""Upkeep: dormant tenants are refreshed in time, and rounds write signals down and follow what others changed."""

from __future__ import annotations

import threading
import weakref
from contextlib import suppress
from typing import TYPE_CHECKING

import orgkey
from orgkey_tenants.atfork import renew_after_fork
from orgkey_tenants.errors import TenantNotActive
from orgkey_tenants.record import Audit, State

if TYPE_CHECKING:
    from collections.abc import Callable

    from orgkey_tenants.sessions import Sessions

__all__ = ["Rounds", "keep_dormant_alive", "sync", "write_signals"]

_TALK = State.ACTIVE, State.SUSPECT  # states in which a token that is there may be sent


def keep_dormant_alive(
    sessions: Sessions, *, batch: int, seconds: float, progress: Callable[[str, str], None] | None = None
) -> tuple[int, int]:
    """Refresh the dormant tenants that are due, each once among all who call this; return how many and failed.

    ``batch`` tenants are claimed at a time, each for ``seconds``. ``progress`` is told each tenant's id and, where its
    refresh failed, the cause.
    """
    done = failed = 0
    while due := sessions.ports.store.claim_due(limit=batch, seconds=seconds):
        for tenant in due:
            if sessions.in_flight.is_closing:
                return done, failed
            cause = _cause_of_failure(sessions, tenant)
            done, failed = done + (not cause), failed + bool(cause)
            if progress is not None:
                progress(tenant, cause)
    return done, failed


def _cause_of_failure(sessions: Sessions, tenant: str) -> str:
    try:
        sessions.keep_alive(tenant)
    except orgkey.TokenRequestError as error:
        return error.diagnosis.cause.id
    except orgkey.OrgkeyError as error:  # of this tenant's row alone, such as a login URL that is none
        return type(error).__name__
    return ""


def sync(sessions: Sessions) -> None:
    """One round: write signals down, settle what the journal has, stop sessions of tenants that others stopped."""
    write_signals(sessions)
    _replay_journal(sessions)
    _watch_states(sessions)


def write_signals(sessions: Sessions) -> None:
    """Note in the store which tenants' calls got through since the last time, all in one transaction."""
    used = [session.tenant for session in sessions.all() if session.was_used()]
    if used:
        store = sessions.ports.store
        store.touch(dict.fromkeys(used, store.now()))


def _replay_journal(sessions: Sessions) -> None:
    store, journal = sessions.ports.store, sessions.ports.journal
    with suppress(OSError):
        for entry in journal.entries():
            reading = store.read(entry.tenant)
            intent = None if reading is None else reading.record.intent
            if reading is not None and intent is not None and intent.id == entry.intent:
                record = entry.onto(reading.record)
                audit = Audit.of(record, "settled_from_journal", by=sessions.owner, at=reading.now)
                store.settle(record, audit, intent=entry.intent)
            journal.strike(entry.tenant, entry.intent)


def _watch_states(sessions: Sessions) -> None:
    for session in sessions.all():
        reading = sessions.ports.store.read(session.tenant)
        if reading is None or reading.record.state not in _TALK:
            if reading is not None and session.current is not None:
                sessions.stop(reading.record)
            if reading is not None and reading.record.state is State.FORGOTTEN:
                sessions.drop(session.tenant)
        elif isinstance(session.failure, TenantNotActive):
            session.reset()


class Rounds:
    """A thread that calls :func:`sync` every so many seconds, for as long as the sessions are in use."""

    def __init__(self, sessions: Sessions, every: float) -> None:
        self._sessions = weakref.ref(sessions)
        self._every = every
        self._begin()
        renew_after_fork(self)

    def after_fork(self) -> None:
        """No thread comes along: where the parent had one, the child starts its own."""
        had_one = self._thread is not None and not self._end.is_set()
        self._begin()
        if had_one:
            self.start()

    def _begin(self) -> None:
        self._guard = threading.Lock()
        self._end = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread, unless it runs."""
        if self._every <= 0 or self._is_running:
            return
        with self._guard:
            sessions = self._sessions()
            if sessions is not None and not sessions.in_flight.is_closing and not self._is_running:
                self._thread = threading.Thread(target=self._run, name="orgkey-tenants", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._end.set()
        if self._thread is not None and self._is_running:
            self._thread.join(5.0)

    @property
    def _is_running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _run(self) -> None:
        while not self._end.wait(self._every):
            sessions = self._sessions()
            if sessions is None:
                return
            with suppress(orgkey.OrgkeyError):  # the store is away: the next round tries again
                sync(sessions)
            del sessions
