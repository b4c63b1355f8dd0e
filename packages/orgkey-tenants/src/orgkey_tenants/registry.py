"""Tenants: the one object a product holds. It gives sessions, changes states, and looks after what is dormant."""

from __future__ import annotations

import atexit
import os
import random
import socket
import threading
import weakref
from collections import OrderedDict
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

import orgkey
from orgkey.endpoint import read_revocation, revoke_request
from orgkey_tenants.authorization import Consent
from orgkey_tenants.drivers import drive
from orgkey_tenants.enrolment import enrol
from orgkey_tenants.enrolment import renew_secret as enrol_again
from orgkey_tenants.errors import RefreshInProgress, TenantExists, TenantNotActive, UnknownTenant, local
from orgkey_tenants.inflight import InFlight
from orgkey_tenants.journal import FileJournal
from orgkey_tenants.locks import open_lock
from orgkey_tenants.protocol import Limits, not_active, refresh
from orgkey_tenants.record import Audit, State, TenantRecord, moved
from orgkey_tenants.seal import Sealer
from orgkey_tenants.session import HeldGrant, TenantSession, grant_of
from orgkey_tenants.settings import settle
from orgkey_tenants.steps import Ports
from orgkey_tenants.stores import open_store
from orgkey_tenants.twins import AsyncTwins
from orgkey_tenants.wrappers import open_wrapper

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from types import TracebackType

    from orgkey.endpoint import TokenAnswer
    from orgkey_tenants.authorization import AuthorizationURL
    from orgkey_tenants.journal import Journal
    from orgkey_tenants.locks import Lock
    from orgkey_tenants.stores import Store

__all__ = ["Tenants"]

T = TypeVar("T")

_TRIES: Final = 20  # of a compare-and-swap that others keep winning
_MOST_SESSIONS: Final = 10_000
_TALK: Final = State.ACTIVE, State.SUSPECT  # states in which a token that is there may be sent


class Tenants(AsyncTwins):
    """All customers' orgs of one product. Safe for threads and tasks, and for any number of processes on one store.

    Every setting may come from the environment instead (``ORGKEY_TENANTS_URL``, ``ORGKEY_TENANTS_KEYS``,
    ``ORGKEY_TENANTS_LOCK``, ``ORGKEY_TENANTS_JOURNAL``, ``ORGKEY_TENANTS_ENVIRONMENT``, ``ORGKEY_CLIENT_ID``,
    ``ORGKEY_CLIENT_SECRET``, ``ORGKEY_REDIRECT_URI``).

    Parameters
    ----------
    url:
        The store: ``sqlite:///tenants.db`` or ``postgresql://user@host/database``.
    keys:
        The master key: ``file:master.key``, ``env:VARIABLE`` or ``awskms:alias/tenants``. Nothing starts without one.
    client_id, client_secret, redirect_uri:
        The app. No secret for a public client.
    scopes:
        What a consent asks for besides the refresh token.
    lock:
        ``redis://…`` or ``postgresql://…``. Optional: it spares polling, and correctness never rests on it.
    journal:
        A folder on local disk for outcomes that the store would not take; beside a SQLite file by default.
    environment:
        Bound into every seal, so that a program of another environment opens nothing of this store.
    wait:
        How long a caller waits for a refresh, in seconds, before :class:`~orgkey_tenants.RefreshInProgress`.
    limits:
        The protocol's times.
    every:
        Seconds between two rounds of :meth:`sync` on a thread of its own; 0 leaves it to you.
    refresher:
        Obtains a tenant's token answer in place of the refresh protocol: the seam for a broker.
    store, http, trusted_hosts, allow_loopback_http, clock, owner:
        A store of your own; how token requests are sent; see :class:`orgkey.SessionOptions`; the time; and this
        process's name in intents and audit lines.

    Raises :class:`orgkey.ConfigError` with all problems of its settings.

    """

    def __init__(
        self,
        url: str = "",
        *,
        keys: str = "",
        client_id: str = "",
        client_secret: orgkey.Secret | str | None = None,
        redirect_uri: str = "",
        scopes: Iterable[str] = ("api",),
        lock: str | Lock = "",
        journal: str | Journal = "",
        environment: str = "",
        wait: float | None = 10.0,
        limits: Limits | None = None,
        every: float = 30.0,
        refresher: Callable[[str], TokenAnswer] | None = None,
        store: Store | None = None,
        http: orgkey.HTTPSettings | None = None,
        trusted_hosts: Iterable[str] = (),
        allow_loopback_http: bool = False,
        clock: orgkey.Clock = orgkey.SYSTEM_CLOCK,
        owner: str = "",
    ) -> None:
        client_secret = None if client_secret is None else orgkey.conceal(client_secret)
        settings = settle(
            url=url or ("(given)" if store is not None else ""),
            keys=keys,
            lock=lock if isinstance(lock, str) else "",
            journal=journal if isinstance(journal, str) else "",
            environment=environment,
            client_id=client_id,
            client_secret=client_secret,
            redirect_uri=redirect_uri,
        )
        wrapper = open_wrapper(settings.keys)
        self.limits = limits or Limits()
        self.clock = clock
        self.owner = owner or f"{socket.gethostname()}/{os.getpid()}"
        self.client_id, self.client_secret = settings.client_id, settings.client_secret
        self.redirect_uri = settings.redirect_uri
        self.scopes = tuple(scopes)
        # The read limit is long on purpose: under rotation an answer that nobody reads is a token lost.
        self.http = http or orgkey.HTTPSettings(connect=5.0, read=60.0, total=self.limits.request)
        self.options = orgkey.SessionOptions(
            trusted_hosts=tuple(trusted_hosts), allow_loopback_http=allow_loopback_http, http=self.http, wait=wait
        )
        self.store: Store = store if store is not None else open_store(settings.url)
        self.sealer = Sealer(self.store, wrapper, environment=settings.environment, clock=clock)
        self.ports = Ports(
            store=self.store,
            sealer=self.sealer,
            lock=open_lock(settings.lock) if isinstance(lock, str) else lock,
            journal=FileJournal(settings.journal) if isinstance(journal, str) else journal,
            sender=orgkey.shared_sender(self.http, clock),
            rules=self.options.host_rules,
            client_secret=self.client_secret,
            clock=clock,
            draw=random.SystemRandom().random,
        )
        self._refresher = refresher
        self._consent: Consent | None = None
        self._guard = threading.Lock()
        self._recent: OrderedDict[str, TenantSession] = OrderedDict()
        self._sessions: weakref.WeakValueDictionary[str, TenantSession] = weakref.WeakValueDictionary()
        self._in_flight = InFlight()
        self._every = every
        self._rounds: _Rounds | None = None
        self._drain = _drain_at_exit(self)

    # --- sessions --------------------------------------------------------------------------------------------------

    def session(self, tenant: str) -> TenantSession:
        """The tenant's session; the same one for all who ask in this process.

        Raises :class:`~orgkey_tenants.UnknownTenant`, and :class:`~orgkey_tenants.NeedsReauth` or
        :class:`~orgkey_tenants.TenantNotActive` where the tenant's state permits no traffic.
        """
        with self._guard:
            found = self._sessions.get(tenant)
            if found is not None:
                self._keep(found)
                return found
        record = self.get(tenant)
        if record.state is not State.ACTIVE:
            raise not_active(record)
        made = self._new_session(record)
        with self._guard:
            session = self._sessions.setdefault(tenant, made)
            self._keep(session)
        self._start_rounds()
        return session

    async def asession(self, tenant: str) -> TenantSession:
        """As :meth:`session`, for a task."""
        with self._guard:
            found = self._sessions.get(tenant)
        return found if found is not None else await _on_a_thread(lambda: self.session(tenant))

    def refresh(self, tenant: str) -> TenantRecord:
        """Refresh the tenant's token now, and return the record after it."""
        self.session(tenant).refreshed()
        return self.get(tenant)

    async def arefresh(self, tenant: str) -> TenantRecord:
        """As :meth:`refresh`, for a task. Cancelling the task does not cancel the refresh."""
        await (await self.asession(tenant)).arefreshed()
        return await _on_a_thread(lambda: self.get(tenant))

    def _new_session(self, record: TenantRecord) -> TenantSession:
        if record.rotates:
            grant: orgkey.Grant = HeldGrant(record.client_id, self.client_secret)
            options = replace(self.options, attempts=1)  # the protocol knows when a request may be repeated
        else:
            grant, options = self._own_grant(record), self.options
        session = TenantSession(
            record.tenant, grant, record.login_url, options, clock=self.clock, refresher=self._obtain
        )
        session.made_from = record.family, record.generation
        return session

    def _own_grant(self, record: TenantRecord) -> orgkey.Grant:
        key = self.sealer.key(record.tenant, record.dek_version)
        secret = self.sealer.open(
            key, record.sealed, kind=record.secret_kind, family=record.family, generation=record.generation
        )
        return grant_of(record, secret)

    def _keep(self, session: TenantSession) -> None:
        self._recent[session.tenant] = session
        self._recent.move_to_end(session.tenant)
        while len(self._recent) > _MOST_SESSIONS:
            self._recent.popitem(last=False)

    def _obtain(self, session: TenantSession) -> TokenAnswer:
        """On a renewal's own thread: a token answer, by the protocol or the tenant's own grant."""
        with self._in_flight.one():
            try:
                if self._refresher is not None:
                    return self._refresher(session.tenant)
                if isinstance(session.grant, HeldGrant):
                    answer: TokenAnswer = drive(self._protocol(session.tenant), self.ports).answer
                    return answer
                return self._ask_with_own_grant(session)
            except TenantNotActive as error:
                session.stop(error)
                raise

    def _protocol(self, tenant: str) -> Any:
        return refresh(tenant, owner=self.owner, clock=self.clock, limits=self.limits)

    def _ask_with_own_grant(self, session: TenantSession) -> TokenAnswer:
        record = self.get(session.tenant)
        if record.state is not State.ACTIVE:
            raise not_active(record)
        if record.rotates:
            fact = f"tenant {record.tenant!r} consents now: ask tenants.session() for its session anew"
            raise local(TenantNotActive, "TENANT_FORGOTTEN", fact)
        if (record.family, record.generation) != session.made_from:
            session.grant, session.made_from = self._own_grant(record), (record.family, record.generation)
        return orgkey.OrgSession.request_token(session)

    # --- what is known ---------------------------------------------------------------------------------------------

    def get(self, tenant: str) -> TenantRecord:
        """The tenant's record. Raises :class:`~orgkey_tenants.UnknownTenant`."""
        reading = self.store.read(tenant)
        if reading is None:
            raise UnknownTenant(tenant)
        return reading.record

    async def aget(self, tenant: str) -> TenantRecord:
        """As :meth:`get`, for a task."""
        return await _on_a_thread(lambda: self.get(tenant))

    def list(self, *, states: Iterable[State] = ()) -> list[TenantRecord]:
        """All records by id, or those in one of ``states``."""
        wanted, found, after = tuple(states), [], ""
        while page := self.store.page(states=wanted, after=after, limit=500):
            found += page
            after = page[-1].tenant
        return found

    def audit(self, tenant: str, *, limit: int = 100) -> Sequence[Audit]:
        """The tenant's audit trail, newest first."""
        return self.store.audit(tenant, limit=limit)

    # --- consent ---------------------------------------------------------------------------------------------------

    @property
    def consent(self) -> Consent:
        """What starts and completes consents of the app. Raises :class:`orgkey.ConfigError` where it is not set up."""
        if self._consent is None:
            self._consent = Consent(
                self.ports,
                client_id=self.client_id,
                redirect_uri=self.redirect_uri,
                scopes=self.scopes,
                owner=self.owner,
                completed=self._connected,
            )
        return self._consent

    def start_authorization(self, tenant: str, login_url: str = "", **options: Any) -> AuthorizationURL:
        """Where to send the browser of the org's administrator; see :meth:`Consent.start`."""
        return self.consent.start(tenant, login_url, **options)

    async def astart_authorization(self, tenant: str, login_url: str = "", **options: Any) -> AuthorizationURL:
        """As :meth:`start_authorization`, for a task."""
        return await self.consent.astart(tenant, login_url, **options)

    def complete_authorization(
        self,
        callback_url: str | orgkey.Secret,
        *,
        browser_cookie: str | orgkey.Secret | None = None,
        unbound_browser: bool = False,
        by: str = "",
    ) -> TenantRecord:
        """Exchange the code that the browser came back with; see :meth:`Consent.complete`."""
        # Bound anew, so that a traceback from here on has nothing plain among its locals.
        callback_url = orgkey.conceal(callback_url)
        browser_cookie = None if browser_cookie is None else orgkey.conceal(browser_cookie)
        return self.consent.complete(
            callback_url, browser_cookie=browser_cookie, unbound_browser=unbound_browser, by=by
        )

    async def acomplete_authorization(
        self,
        callback_url: str | orgkey.Secret,
        *,
        browser_cookie: str | orgkey.Secret | None = None,
        unbound_browser: bool = False,
        by: str = "",
    ) -> TenantRecord:
        """As :meth:`complete_authorization`, for a task."""
        callback_url = orgkey.conceal(callback_url)
        browser_cookie = None if browser_cookie is None else orgkey.conceal(browser_cookie)
        return await self.consent.acomplete(
            callback_url, browser_cookie=browser_cookie, unbound_browser=unbound_browser, by=by
        )

    def reconnect(self, tenant: str, **options: Any) -> AuthorizationURL:
        """Where to send the administrator for a new consent of a tenant that is there; its id and org stay.

        Raises :class:`~orgkey_tenants.UnknownTenant`.
        """
        return self.consent.start(self.get(tenant).tenant, **options)

    async def areconnect(self, tenant: str, **options: Any) -> AuthorizationURL:
        """As :meth:`reconnect`, for a task."""
        return await _on_a_thread(lambda: self.reconnect(tenant, **options))

    def _connected(self, record: TenantRecord) -> None:
        """Let the next call of the tenant's session begin with the new consent."""
        with self._guard:
            session = self._sessions.get(record.tenant)
            if session is not None and session.login_url != record.login_url:
                del self._sessions[record.tenant]
                self._recent.pop(record.tenant, None)
        if session is not None:
            session.reset(accept_new_user=True)

    # --- states ----------------------------------------------------------------------------------------------------

    def add(self, tenant: str, *, login_url: str, by: str = "") -> TenantRecord:
        """Make a tenant known that will consent: PENDING.

        Raises :class:`~orgkey_tenants.TenantExists`; :class:`orgkey.UntrustedHost` for a host that is not Salesforce's.
        """
        login = self.options.host_rules.origin(login_url, f"The login URL of tenant {tenant!r}")
        now = self.store.now()
        record = TenantRecord(
            tenant=tenant,
            login_url=str(login),
            client_id=self.client_id,
            created_at=now,
            changed_at=now,
            changed_by=by or self.owner,
            cause="ADDED",
            epoch=self.store.epoch(),
        )
        if not self.store.create(record, self.audit_of(record, "added", by=by)):
            raise TenantExists(tenant)
        return self.get(tenant)

    def add_jwt_bearer(
        self,
        tenant: str,
        *,
        login_url: str,
        username: str,
        key: orgkey.Secret | str,
        certificate: str = "",
        audience: str = "",
        client_id: str = "",
        by: str = "",
    ) -> TenantRecord:
        """Add a tenant on JWT Bearer, ACTIVE at once, with a private key of its own (PEM), which is sealed.

        ``certificate`` (PEM) lets `orgkey certificates` say when it ends. ``client_id`` is the app in that org where it
        is not the product's. Raises :class:`orgkey.ConfigError` and :class:`~orgkey_tenants.TenantExists`.
        """
        secret = orgkey.conceal(key)
        key = ""  # bound anew: a failure's frames hold nothing plain
        record = TenantRecord(
            tenant=tenant,
            grant="jwt_bearer",
            login_url=login_url,
            client_id=client_id or self.client_id,
            username=username,
            audience=audience,
            certificate=certificate,
        )
        return enrol(self.ports, record, secret, by=by or self.owner)

    def add_client_credentials(
        self, tenant: str, *, login_url: str, client_id: str, client_secret: orgkey.Secret | str, by: str = ""
    ) -> TenantRecord:
        """Add a tenant on Client Credentials, ACTIVE at once, with its own app's secret, which is sealed.

        Raises :class:`orgkey.ConfigError` and :class:`~orgkey_tenants.TenantExists`.
        """
        secret = orgkey.conceal(client_secret)
        client_secret = ""
        record = TenantRecord(tenant=tenant, grant="client_credentials", login_url=login_url, client_id=client_id)
        return enrol(self.ports, record, secret, by=by or self.owner)

    def renew_secret(
        self, tenant: str, secret: orgkey.Secret | str, *, certificate: str = "", by: str = ""
    ) -> TenantRecord:
        """Replace the private key (PEM) or client secret of a tenant that has its own.

        Raises :class:`orgkey.ConfigError`, and :class:`~orgkey_tenants.UnknownTenant`.
        """
        held = orgkey.conceal(secret)
        secret = ""
        return enrol_again(self.ports, self.get(tenant), held, certificate=certificate, by=by or self.owner)

    def suspend(self, tenant: str, *, by: str = "", cause: str = "SUSPENDED_BY_US") -> TenantRecord:
        """Stop all traffic of the tenant: here at once, in other processes at their next :meth:`sync`."""
        record = self.move(tenant, State.SUSPENDED, cause=cause, by=by, event="suspended")
        self._stop(record)
        return record

    def resume(self, tenant: str, *, by: str = "") -> TenantRecord:
        """End a suspension. The tenant becomes what it can be: SUSPECT where the store was restored meanwhile."""
        record = self.get(tenant)
        to = State.ACTIVE if record.sealed else State.PENDING
        if record.rotates and record.sealed and record.epoch < self.store.epoch():
            to = State.SUSPECT
        return self._started(self.move(tenant, to, cause="RESUMED", by=by, event="resumed"))

    def confirm(self, tenant: str, *, by: str = "") -> TenantRecord:
        """Say that a SUSPECT tenant's refresh token is the current one. The next refresh tries it, once."""
        changes = {"epoch": self.store.epoch()}
        return self._started(
            self.move(tenant, State.ACTIVE, cause="CONFIRMED", by=by, event="confirmed", changes=changes)
        )

    def restored(self, *, by: str = "") -> int:
        """Say that the store was restored from a backup: every ACTIVE rotating tenant becomes SUSPECT.

        Returns how many. None of them is refreshed until :meth:`confirm` or a reconnect; tokens in memory go on.
        """
        return self.store.begin_epoch(by=by or self.owner)

    def forget(self, tenant: str, *, by: str = "", force: bool = False) -> TenantRecord:
        """Revoke the tenant's grant at Salesforce, then delete its data keys and its secret.

        Copies in backups of the store stay readable to whoever has a master key, until those backups are gone.

        ``force`` goes on where Salesforce cannot be told. Raises :class:`orgkey.TokenRequestError` where it cannot and
        ``force`` is not set, :class:`~orgkey_tenants.RefreshInProgress` while a refresh is under way.
        """
        record = self.get(tenant)
        if record.state is not State.FORGOTTEN:
            self._require_settled(record)
            if record.rotates and record.sealed:
                self._revoke(record, force=force)
            blank = dict.fromkeys(("org_id", "user_id", "instance_url", "scope", "username", "certificate"), "")
            changes = {**blank, "sealed": b"", "family": "", "intent": None, "keepalive_at": None, "dek_version": 0}
            record = self.move(
                tenant, State.FORGOTTEN, cause="FORGOTTEN_BY_US", by=by, event="forgotten", changes=changes
            )
        self.sealer.shred(tenant)
        self._stop(record)
        self._drop(tenant)  # whoever begins anew under this id may be another org
        return record

    def _drop(self, tenant: str) -> None:
        """Keep the tenant's session no longer: the next who asks gets a new one."""
        with self._guard:
            self._sessions.pop(tenant, None)
            self._recent.pop(tenant, None)

    def _revoke(self, record: TenantRecord, *, force: bool) -> None:
        try:
            key = self.sealer.key(record.tenant, record.dek_version)
            secret = self.sealer.open(
                key, record.sealed, kind=record.secret_kind, family=record.family, generation=record.generation
            )
            login = self.options.host_rules.origin(record.login_url, f"The login URL of tenant {record.tenant!r}")
            answer = self.ports.sender.send(revoke_request(secret, login))
            read_revocation(answer, HeldGrant(record.client_id, self.client_secret), login)
        except orgkey.TokenRequestError:
            if not force:
                raise

    def _require_settled(self, record: TenantRecord) -> None:
        if record.intent is not None:
            left = record.intent.deadline + self.limits.skew - self.store.now()
            if left > 0:
                error = local(RefreshInProgress, "RENEWAL_UNDER_WAY", f"tenant {record.tenant!r}")
                error.retry_after = left
                raise error

    def move(
        self,
        tenant: str,
        to: State,
        *,
        cause: str,
        by: str,
        event: str,
        changes: dict[str, Any] | None = None,
    ) -> TenantRecord:
        """Change the tenant's state, whatever else changes it meanwhile; the audit line is in the same transaction.

        Raises :class:`~orgkey_tenants.IllegalTransition` where that state may not follow.
        """
        for _ in range(_TRIES):
            reading = self.store.read(tenant)
            if reading is None:
                raise UnknownTenant(tenant)
            found = reading.record
            changed = replace(moved(found, to, cause=cause, by=by or self.owner, at=reading.now), **(changes or {}))
            if self.store.swap(changed, self.audit_of(changed, event, by=by), version=found.version):
                orgkey.notify(_event(changed))
                return replace(changed, version=found.version + 1)
        raise local(RefreshInProgress, "RENEWAL_UNDER_WAY", f"tenant {tenant!r} is changed by others all the time")

    def audit_of(self, record: TenantRecord, event: str, *, by: str = "", cause: str = "") -> Audit:
        """An audit line about ``record`` as it is now."""
        return Audit(
            tenant=record.tenant,
            at=self.store.now(),
            actor=by or self.owner,
            event=event,
            state=record.state,
            cause=cause or record.cause,
            generation=record.generation,
        )

    def _stop(self, record: TenantRecord) -> None:
        with self._guard:
            session = self._sessions.get(record.tenant)
        if session is not None:
            session.stop(not_active(record))

    def _started(self, record: TenantRecord) -> TenantRecord:
        """Let a session that was stopped ask again at once."""
        with self._guard:
            session = self._sessions.get(record.tenant)
        if session is not None and record.state is State.ACTIVE:
            session.reset()
        return record

    # --- keys ------------------------------------------------------------------------------------------------------

    def rotate_master_key(self, *, progress: Callable[[str], None] | None = None) -> int:
        """Wrap every data key under the present master key; no secret is decrypted. Returns how many were moved."""
        moved_keys = 0
        for record in self.list():
            moved_keys += self.sealer.rewrap(record.tenant)
            if progress is not None:
                progress(record.tenant)
        return moved_keys

    def rotate_data_keys(self, *, sweep: bool = False, progress: Callable[[str], None] | None = None) -> int:
        """Make a new data key for every tenant with a secret; each next refresh seals with it.

        ``sweep`` seals again now where no refresh is under way, and drops the keys that nothing uses any more.
        Returns how many tenants got a key.
        """
        count = 0
        for record in self.list():
            if record.sealed:
                self.sealer.new_key(record.tenant)
                count += 1
                if sweep:
                    self.reseal(record.tenant)
            if progress is not None:
                progress(record.tenant)
        return count

    def reseal(self, tenant: str) -> bool:
        """Seal the tenant's secret with its newest data key and drop the older ones; False while a refresh is on."""
        record = self.get(tenant)
        newest = self.sealer.newest(tenant)
        if not record.sealed or record.intent is not None:
            return False
        if record.dek_version != newest.version:
            bound = {"kind": record.secret_kind, "family": record.family, "generation": record.generation}
            secret = self.sealer.open(self.sealer.key(tenant, record.dek_version), record.sealed, **bound)  # type: ignore[arg-type]  # the three have their types
            changed = replace(record, sealed=self.sealer.seal(newest, secret, **bound), dek_version=newest.version)  # type: ignore[arg-type]  # as above
            if not self.store.swap(changed, self.audit_of(changed, "resealed"), version=record.version):
                return False
        self.store.drop_keys(tenant, below=newest.version)
        return True

    # --- looking after ---------------------------------------------------------------------------------------------

    def keepalive(
        self, *, batch: int = 20, seconds: float = 600.0, progress: Callable[[str, str], None] | None = None
    ) -> tuple[int, int]:
        """Refresh the dormant tenants that are due, each once among all who call this; return how many and failed.

        ``progress`` is told each tenant's id and, where its refresh failed, the cause.
        """
        done = failed = 0
        while due := self.store.claim_due(limit=batch, seconds=seconds):
            for tenant in due:
                cause = self._cause_of_failure(tenant)
                done, failed = done + (not cause), failed + bool(cause)
                if progress is not None:
                    progress(tenant, cause)
        return done, failed

    def _cause_of_failure(self, tenant: str) -> str:
        try:
            self.keep_alive(tenant)
        except orgkey.TokenRequestError as error:
            return error.diagnosis.cause.id
        except orgkey.OrgkeyError as error:  # of this tenant's row alone, such as a login URL that is none
            return type(error).__name__
        return ""

    async def akeepalive(self, **options: Any) -> tuple[int, int]:
        """As :meth:`keepalive`, for a task."""
        return await _on_a_thread(lambda: self.keepalive(**options))

    def keep_alive(self, tenant: str) -> None:
        """Refresh one tenant for the sake of its refresh token: nobody here has to want its access token.

        Raises :class:`orgkey.TokenRequestError`, and :class:`~orgkey_tenants.UnknownTenant`.
        """
        with self._guard:
            session = self._sessions.get(tenant)
        if session is not None and session.current is not None:
            session.refreshed()
            return
        with self._in_flight.one():
            drive(self._protocol(tenant), self.ports)

    def sync(self) -> None:
        """One round: write signals down, settle what the journal has, stop sessions of tenants that others stopped."""
        self._write_signals()
        self._replay_journal()
        self._watch_states()

    def _write_signals(self) -> None:
        with self._guard:
            used = [session for session in self._sessions.values() if session.was_used]
        for session in used:
            session.was_used = False
        if used:
            self.store.touch(dict.fromkeys((session.tenant for session in used), self.store.now()))

    def _replay_journal(self) -> None:
        with suppress(OSError):
            for entry in self.ports.journal.entries():
                reading = self.store.read(entry.tenant)
                if (
                    reading is not None
                    and reading.record.intent is not None
                    and reading.record.intent.id == entry.intent
                ):
                    record = entry.onto(reading.record)
                    self.store.settle(record, self.audit_of(record, "settled_from_journal"), intent=entry.intent)
                self.ports.journal.strike(entry.tenant, entry.intent)

    def _watch_states(self) -> None:
        with self._guard:
            sessions = dict(self._sessions)
        for tenant, session in sessions.items():
            reading = self.store.read(tenant)
            if reading is None or reading.record.state not in _TALK:
                if reading is not None and session.current is not None:
                    session.stop(not_active(reading.record))
                if reading is not None and reading.record.state is State.FORGOTTEN:
                    self._drop(tenant)
            elif isinstance(session.failure, TenantNotActive):
                session.reset()

    def _start_rounds(self) -> None:
        if self._every > 0 and (self._rounds is None or not self._rounds.is_running):
            with self._guard:
                if not self._in_flight.is_closing and (self._rounds is None or not self._rounds.is_running):
                    self._rounds = _Rounds(self, self._every)

    # --- the end ---------------------------------------------------------------------------------------------------

    def drain(self, seconds: float | None = None) -> bool:
        """Begin no more refreshes and wait for those under way; False where ``seconds`` were not enough."""
        return self._in_flight.drain(self.limits.lease if seconds is None else seconds)

    def close(self, seconds: float | None = None) -> None:
        """Drain, write the last signals down, and give back connections."""
        self.drain(seconds)
        if self._rounds is not None:
            self._rounds.stop()
        with suppress(orgkey.TokenRequestError):
            self._write_signals()
        atexit.unregister(self._drain)
        self.ports.lock.close()
        self.store.close()

    async def aclose(self, seconds: float | None = None) -> None:
        """As :meth:`close`, for a task."""
        await _on_a_thread(lambda: self.close(seconds))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"<Tenants in {self.store!r}>"


class _Rounds:
    """A thread that calls :meth:`Tenants.sync` now and then, for as long as its Tenants is in use."""

    def __init__(self, tenants: Tenants, every: float) -> None:
        self._tenants = weakref.ref(tenants)
        self._every = every
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="orgkey-tenants", daemon=True)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        """False after a fork: no thread comes along."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """End the thread."""
        self._end.set()
        self._thread.join(5.0)

    def _run(self) -> None:
        while not self._end.wait(self._every):
            tenants = self._tenants()
            if tenants is None:
                return
            with suppress(orgkey.OrgkeyError):  # the store is away: the next round tries again
                tenants.sync()
            del tenants


def _drain_at_exit(tenants: Tenants) -> Callable[[], None]:
    """Let an interpreter that ends wait for refreshes under way: their threads would die with it."""
    reference = weakref.ref(tenants)

    def drain() -> None:
        living = reference()
        if living is not None:
            living.drain()

    atexit.register(drain)
    return drain


def _event(record: TenantRecord) -> orgkey.Event:
    return orgkey.Event(
        orgkey.EventKind.TENANT_STATE,
        record.login_url.partition("://")[2],
        record.client_id,
        record.username,
        record.grant,
        generation=record.generation,
        cause=record.cause,
        tenant=record.tenant,
        state=record.state,
    )


async def _on_a_thread(work: Callable[[], T]) -> T:
    import asyncio

    return await asyncio.to_thread(work)
