"""The sessions of one process: one for each tenant that is in use, how it gets its tokens, and when it is stopped."""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import orgkey
from orgkey_tenants.atfork import renew_after_fork
from orgkey_tenants.drivers import drive
from orgkey_tenants.enrolment import note_answer, note_failure
from orgkey_tenants.errors import TenantNotActive, local
from orgkey_tenants.inflight import InFlight
from orgkey_tenants.protocol import Limits, not_active, refresh
from orgkey_tenants.record import State, TenantRecord
from orgkey_tenants.session import HeldGrant, TenantSession, grant_of
from orgkey_tenants.stores import record_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from orgkey.endpoint import TokenAnswer
    from orgkey_tenants.protocol import Refreshed
    from orgkey_tenants.steps import Ports

__all__ = ["Sessions"]

_MOST_SESSIONS: Final = 10_000


class Sessions:
    """The tenants' sessions in this process.

    The latest 10,000 are kept, and every other one for as long as somebody has it.

    Attributes
    ----------
    ports:
        What a refresh reaches.
    owner:
        This process's name in intents and audit lines.
    in_flight:
        Counts refreshes under way, so that the process ends after them.

    """

    def __init__(
        self,
        ports: Ports,
        options: orgkey.SessionOptions,
        *,
        owner: str,
        limits: Limits,
        refresher: Callable[[str], TokenAnswer] | None = None,
    ) -> None:
        self.ports = ports
        self.owner = owner
        self.in_flight = InFlight()
        self._options = options
        self._limits = limits
        self._refresher = refresher
        self._recent: OrderedDict[str, TenantSession] = OrderedDict()
        self._living: weakref.WeakValueDictionary[str, TenantSession] = weakref.WeakValueDictionary()
        self.after_fork()
        renew_after_fork(self)

    def after_fork(self) -> None:
        """A new lock; sessions see to themselves."""
        self._guard = threading.Lock()

    # --- which there are -------------------------------------------------------------------------------------------

    def living(self, tenant: str) -> TenantSession | None:
        """The tenant's session, where this process has one. No store is asked."""
        with self._guard:
            return self._living.get(tenant)

    def all(self) -> list[TenantSession]:
        """Those that this process has."""
        with self._guard:
            return list(self._living.values())

    def of(self, tenant: str) -> TenantSession:
        """The tenant's session; the same one for all who ask in this process."""
        with self._guard:
            found = self._living.get(tenant)
            if found is not None:
                self._keep(found)
                return found
        record = record_of(self.ports.store, tenant)
        if record.state is not State.ACTIVE:
            raise not_active(record)
        made = self._new(record)
        with self._guard:
            session = self._living.setdefault(tenant, made)
            self._keep(session)
        return session

    def _keep(self, session: TenantSession) -> None:
        self._recent[session.tenant] = session
        self._recent.move_to_end(session.tenant)
        while len(self._recent) > _MOST_SESSIONS:
            self._recent.popitem(last=False)

    def drop(self, tenant: str) -> None:
        """Keep the tenant's session no longer: the next who asks gets a new one."""
        with self._guard:
            self._living.pop(tenant, None)
            self._recent.pop(tenant, None)

    # --- what becomes of the tenant --------------------------------------------------------------------------------

    def stop(self, record: TenantRecord) -> None:
        """Send the tenant's token no more, because of the state that it is in."""
        session = self.living(record.tenant)
        if session is not None:
            session.stop(not_active(record))

    def start(self, record: TenantRecord) -> None:
        """Let a session that was stopped ask again at once, where the tenant is ACTIVE."""
        session = self.living(record.tenant)
        if session is not None and record.state is State.ACTIVE:
            session.reset()

    def connected(self, record: TenantRecord) -> None:
        """Let the next call of the tenant's session begin with its new consent."""
        session = self.living(record.tenant)
        if session is not None:
            self._take_up(session, record)

    def _take_up(self, session: TenantSession, record: TenantRecord) -> None:
        """Go on with a new consent, which another administrator may have given, at another login URL."""
        if session.login_url != record.login_url and self.living(record.tenant) is session:
            self.drop(record.tenant)
        session.reset(accept_new_user=True)

    # --- tokens ----------------------------------------------------------------------------------------------------

    def keep_alive(self, tenant: str) -> None:
        """Refresh one tenant for the sake of its refresh token: nobody here has to want its access token."""
        session = self.living(tenant)
        if session is not None and session.current is not None:
            session.refreshed()
            return
        with self.in_flight.one():
            drive(self._protocol(tenant), self.ports)

    def _new(self, record: TenantRecord) -> TenantSession:
        self.ports.login(
            record.login_url, record.tenant
        )  # says whose it is; a session of one org says a variable's name
        if record.rotates:
            grant: orgkey.Grant = HeldGrant(record.client_id, self.ports.client_secret)
            options = replace(self._options, attempts=1)  # the protocol knows when a request may be repeated
        else:
            grant, options = self._own_grant(record), self._options
        session = TenantSession(
            record.tenant, grant, record.login_url, options, clock=self.ports.clock, refresher=self._obtain
        )
        session.made_from = record.family, record.generation
        return session

    def _own_grant(self, record: TenantRecord) -> orgkey.Grant:
        return grant_of(record, self.ports.sealer.open_record(record))

    def _obtain(self, session: TenantSession) -> TokenAnswer:
        """On a renewal's own thread: a token answer, by the protocol or the tenant's own grant."""
        with self.in_flight.one():
            try:
                if self._refresher is not None:
                    return self._refresher(session.tenant)
                if isinstance(session.grant, HeldGrant):
                    refreshed: Refreshed = drive(self._protocol(session.tenant), self.ports)
                    record = refreshed.record
                    # Told by the answer in hand, not by who completed a consent: a refresh of the former grant may
                    # end after the consent does, and pin its own user.
                    if record.family != session.made_from[0]:
                        session.made_from = record.family, record.generation
                        self._take_up(session, record)
                    return refreshed.answer
                return self._ask_with_own_grant(session)
            except TenantNotActive as error:
                session.stop(error)
                raise

    def _protocol(self, tenant: str) -> Any:
        return refresh(tenant, owner=self.owner, clock=self.ports.clock, limits=self._limits)

    def _ask_with_own_grant(self, session: TenantSession) -> TokenAnswer:
        record = record_of(self.ports.store, session.tenant)
        if record.state is not State.ACTIVE:
            raise not_active(record)
        if record.rotates:
            fact = f"tenant {record.tenant!r} consents now: ask tenants.session() for its session anew"
            raise local(TenantNotActive, "TENANT_FORGOTTEN", fact)
        if (record.family, record.generation) != session.made_from:
            session.grant, session.made_from = self._own_grant(record), (record.family, record.generation)
        try:
            answer = orgkey.OrgSession.request_token(session)
        except orgkey.TokenRequestError as error:
            note_failure(self.ports, record, error, by=self.owner)
            raise
        note_answer(self.ports, record, answer, by=self.owner)
        return answer
