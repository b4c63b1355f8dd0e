"""Tenants: the one object a product holds. It settles what a product says once, and knows whom to ask for what."""

from __future__ import annotations

import atexit
import os
import random
import socket
import weakref
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any, Self, TypeVar

import orgkey
from orgkey_tenants import rekeying, states, upkeep
from orgkey_tenants.atfork import renew_after_fork
from orgkey_tenants.authorization import Consent
from orgkey_tenants.enrolment import enrol
from orgkey_tenants.enrolment import renew_secret as enrol_again
from orgkey_tenants.journal import open_journal
from orgkey_tenants.locks import open_lock
from orgkey_tenants.protocol import Limits
from orgkey_tenants.record import State, TenantRecord
from orgkey_tenants.seal import Sealer
from orgkey_tenants.sessions import Sessions
from orgkey_tenants.settings import settle
from orgkey_tenants.steps import Ports
from orgkey_tenants.stores import is_known_to_be_empty, open_store, record_of, records_of
from orgkey_tenants.twins import AsyncTwins
from orgkey_tenants.wrappers import open_wrapper

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from types import TracebackType

    from orgkey.endpoint import TokenAnswer
    from orgkey_tenants.authorization import AuthorizationURL
    from orgkey_tenants.inflight import InFlight
    from orgkey_tenants.journal import Journal
    from orgkey_tenants.locks import Lock
    from orgkey_tenants.record import Audit
    from orgkey_tenants.session import TenantSession
    from orgkey_tenants.stores import Store

__all__ = ["Tenants"]

T = TypeVar("T")


class Tenants(AsyncTwins):
    """All customers' orgs of one product. Safe for threads and tasks, and for any number of processes on one store.

    Every setting may come from the environment instead (``ORGKEY_TENANTS_URL``, ``ORGKEY_TENANTS_KEYS``,
    ``ORGKEY_TENANTS_LOCK``, ``ORGKEY_TENANTS_JOURNAL``, ``ORGKEY_TENANTS_ENVIRONMENT``, ``ORGKEY_CLIENT_ID``,
    ``ORGKEY_CLIENT_SECRET``, ``ORGKEY_CLIENT_REDIRECT_URI``).

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
        A folder on local disk for outcomes that the store would not take; beside a SQLite file by default. It is made
        and written to here, while somebody watches: a refresh that needs it would find out too late.
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
        wrapper = open_wrapper(
            settings.keys,
            is_new=lambda: is_known_to_be_empty(settings.url) if store is None else not store.page(limit=1),
        )
        self.limits = limits or Limits()
        self.clock = clock
        self._named = owner
        self.client_id, self.client_secret = settings.client_id, settings.client_secret
        self.redirect_uri = settings.redirect_uri
        self.scopes = tuple(scopes)
        # The read limit is long on purpose: under rotation an answer that nobody reads is a token lost.
        self.http = http or orgkey.HTTPSettings(connect=5.0, read=60.0, total=self.limits.request)
        self.options = orgkey.SessionOptions(
            trusted_hosts=tuple(trusted_hosts), allow_loopback_http=allow_loopback_http, http=self.http, wait=wait
        )
        self.store: Store = store if store is not None else open_store(settings.url)
        with ExitStack() as on_failure:
            if store is None:
                on_failure.callback(self.store.close)
            kept_in = open_journal(settings.journal) if isinstance(journal, str) else journal
            on_failure.pop_all()
        self.sealer = Sealer(self.store, wrapper, environment=settings.environment, clock=clock)
        self.ports = Ports(
            store=self.store,
            sealer=self.sealer,
            lock=open_lock(settings.lock) if isinstance(lock, str) else lock,
            journal=kept_in,
            sender=orgkey.shared_sender(self.http, clock),
            rules=self.options.host_rules,
            client_secret=self.client_secret,
            clock=clock,
            draw=random.SystemRandom().random,
        )
        self.owner = self._name()
        self.sessions = Sessions(self.ports, self.options, owner=self.owner, limits=self.limits, refresher=refresher)
        self._consent: Consent | None = None
        self._rounds = upkeep.Rounds(self.sessions, every)
        self._drain = _drain_at_exit(self.sessions.in_flight, self.limits.lease)
        renew_after_fork(self)

    def after_fork(self) -> None:
        """A forked worker signs what it does with a name of its own."""
        self.owner = self.sessions.owner = self._name()
        self._consent = None

    def _name(self) -> str:
        return self._named or f"{socket.gethostname()}/{os.getpid()}"

    # --- sessions --------------------------------------------------------------------------------------------------

    def session(self, tenant: str) -> TenantSession:
        """The tenant's session; the same one for all who ask in this process.

        Raises :class:`~orgkey_tenants.UnknownTenant`, and :class:`~orgkey_tenants.NeedsReauth` or
        :class:`~orgkey_tenants.TenantNotActive` where the tenant's state permits no traffic.
        """
        session = self.sessions.of(tenant)
        self._rounds.start()
        return session

    async def asession(self, tenant: str) -> TenantSession:
        """As :meth:`session`, for a task."""
        found = self.sessions.living(tenant)
        return found if found is not None else await _on_a_thread(lambda: self.session(tenant))

    def refresh(self, tenant: str) -> TenantRecord:
        """Refresh the tenant's token now, and return the record after it."""
        self.session(tenant).refreshed()
        return self.get(tenant)

    async def arefresh(self, tenant: str) -> TenantRecord:
        """As :meth:`refresh`, for a task. Cancelling the task does not cancel the refresh."""
        await (await self.asession(tenant)).arefreshed()
        return await self.aget(tenant)

    # --- what is known ---------------------------------------------------------------------------------------------

    def get(self, tenant: str) -> TenantRecord:
        """The tenant's record. Raises :class:`~orgkey_tenants.UnknownTenant`."""
        return record_of(self.store, tenant)

    def list(self, *, states: Iterable[State] = ()) -> list[TenantRecord]:
        """All records by id, or those in one of ``states``."""
        return [*records_of(self.store, states=states)]

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
                completed=self.sessions.connected,
            )
        return self._consent

    def start_authorization(self, tenant: str, login_url: str = "", **options: Any) -> AuthorizationURL:
        """Where to send the browser of the org's administrator; see :meth:`Consent.start`."""
        return self.consent.start(tenant, login_url, **options)

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

    # --- states ----------------------------------------------------------------------------------------------------

    def add(self, tenant: str, *, login_url: str, org_id: str = "", by: str = "") -> TenantRecord:
        """Make a tenant known that will consent: PENDING. With ``org_id`` only that org's consent is taken.

        Raises :class:`~orgkey_tenants.TenantExists`; :class:`orgkey.ConfigError` for a host that is not Salesforce's,
        for an org id that is none, and for a tenant's id that nobody could see or type again: it takes 1 to 255
        characters, no white space around them, no control characters.
        """
        by = by or self.owner
        return states.add(self.ports, tenant, login_url=login_url, client_id=self.client_id, org_id=org_id, by=by)

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
        suspended = State.SUSPENDED
        record = states.move(self.ports, tenant, suspended, cause=cause, by=by or self.owner, event="suspended")
        self.sessions.stop(record)
        return record

    def resume(self, tenant: str, *, by: str = "") -> TenantRecord:
        """End a suspension. The tenant becomes what it can be: SUSPECT where the store was restored meanwhile."""
        record = states.resume(self.ports, tenant, by=by or self.owner)
        self.sessions.start(record)
        return record

    def confirm(self, tenant: str, *, by: str = "") -> TenantRecord:
        """Say that a SUSPECT tenant's refresh token is the current one. The next refresh tries it, once."""
        record = states.confirm(self.ports, tenant, by=by or self.owner)
        self.sessions.start(record)
        return record

    def restored(self, *, by: str = "") -> int:
        """Say that the store was restored from a backup: every ACTIVE rotating tenant becomes SUSPECT.

        Returns how many. None of them is refreshed until :meth:`confirm` or a reconnect; tokens in memory go on.
        """
        return self.store.begin_epoch(by=by or self.owner)

    def forget(self, tenant: str, *, by: str = "", force: bool = False) -> TenantRecord:
        """Revoke the tenant's grant at Salesforce, then delete its data keys and its secret.

        Copies in backups of the store stay readable to whoever has a master key, until those backups are gone.

        ``force`` goes on where Salesforce cannot be told. Without it :class:`orgkey.TokenRequestError` says why it
        cannot, or :class:`orgkey.ConfigError` that the login URL is none of Salesforce's. Raises
        :class:`~orgkey_tenants.RefreshInProgress` while a refresh is under way.
        """
        record = states.forget(self.ports, tenant, by=by or self.owner, force=force, skew=self.limits.skew)
        self.sessions.stop(record)
        self.sessions.drop(tenant)  # whoever begins anew under this id may be another org
        return record

    # --- keys ------------------------------------------------------------------------------------------------------

    def rotate_master_key(self, *, progress: Callable[[str], None] | None = None) -> int:
        """Wrap every data key under the present master key; no secret is decrypted. Returns how many were moved."""
        return rekeying.rotate_master_key(self.ports, progress=progress)

    def rotate_data_keys(self, *, sweep: bool = False, progress: Callable[[str], None] | None = None) -> int:
        """Make a new data key for every tenant with a secret; each next refresh seals with it.

        ``sweep`` seals again now where no refresh is under way, and drops the keys that nothing uses any more.
        Returns how many tenants got a key.
        """
        return rekeying.rotate_data_keys(self.ports, by=self.owner, sweep=sweep, progress=progress)

    # --- looking after ---------------------------------------------------------------------------------------------

    def keepalive(
        self, *, batch: int = 10, seconds: float = 600.0, progress: Callable[[str, str], None] | None = None
    ) -> tuple[int, int]:
        """Refresh the dormant tenants that are due, each once among all who call this; return how many and failed.

        ``batch`` tenants are claimed at a time, each for ``seconds``. ``progress`` is told each tenant's id and, where
        its refresh failed, the cause.
        """
        return upkeep.keep_dormant_alive(self.sessions, batch=batch, seconds=seconds, progress=progress)

    def keep_alive(self, tenant: str) -> None:
        """Refresh one tenant for the sake of its refresh token: nobody here has to want its access token.

        Raises :class:`orgkey.TokenRequestError`, and :class:`~orgkey_tenants.UnknownTenant`.
        """
        self.sessions.keep_alive(tenant)

    def sync(self) -> None:
        """One round: write signals down, settle what the journal has, stop sessions of tenants that others stopped."""
        upkeep.sync(self.sessions)

    # --- the end ---------------------------------------------------------------------------------------------------

    def drain(self, seconds: float | None = None) -> bool:
        """Begin no more refreshes and wait for those under way; False where ``seconds`` were not enough."""
        return self.sessions.in_flight.drain(self.limits.lease if seconds is None else seconds)

    def close(self, seconds: float | None = None) -> None:
        """Drain, write the last signals down, and give back connections."""
        self.drain(seconds)
        self._rounds.stop()
        with suppress(orgkey.TokenRequestError):
            upkeep.write_signals(self.sessions)
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


def _drain_at_exit(in_flight: InFlight, seconds: float) -> Callable[[], None]:
    """Let an interpreter that ends wait for refreshes under way: their threads would die with it."""
    reference = weakref.ref(in_flight)

    def drain() -> None:
        living = reference()
        if living is not None:
            living.drain(seconds)

    atexit.register(drain)
    return drain


async def _on_a_thread(work: Callable[[], T]) -> T:
    import asyncio

    return await asyncio.to_thread(work)
