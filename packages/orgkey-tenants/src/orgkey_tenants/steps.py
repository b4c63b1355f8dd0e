"""The steps of the refresh protocol, each one piece of I/O, and the ports they are carried out at."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

import orgkey
from orgkey.endpoint import TokenAnswer, read_token
from orgkey.grants import RefreshToken
from orgkey_tenants.breaker import Breaker
from orgkey_tenants.locks import LockUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from orgkey_tenants.journal import Entry, Journal
    from orgkey_tenants.locks import Lock
    from orgkey_tenants.record import Audit, Reading, TenantRecord
    from orgkey_tenants.seal import DataKey, Sealer
    from orgkey_tenants.stores.base import Store

__all__ = [
    "TRANSIENT",
    "Acquire",
    "Admit",
    "Draw",
    "Find",
    "Opened",
    "Ports",
    "Read",
    "Release",
    "Seal",
    "Send",
    "Settle",
    "Sleep",
    "Step",
    "Strike",
    "Swap",
    "Tell",
    "Unseal",
    "Unsent",
    "WriteJournal",
]

_LOGGER: Final = logging.getLogger("orgkey")

TRANSIENT: Final = frozenset({429, *range(500, 600)})
"""HTTP statuses that speak of the host, not of the tenant."""

NO_LOCK: Final = "-"
"""Held where the lock's server does not answer: the protocol goes on without it."""


@dataclass(slots=True)
class Ports:
    """All that the protocol's steps reach."""

    store: Store
    sealer: Sealer
    lock: Lock
    journal: Journal
    sender: orgkey.Sender
    rules: orgkey.HostRules
    client_secret: orgkey.Secret | None
    clock: orgkey.Clock
    draw: Callable[[], float]
    """A number in [0, 1) with 53 random bits."""
    tell: Callable[[orgkey.Event], None] = orgkey.notify
    breaker: Breaker = field(init=False)
    lock_answers: bool = field(init=False, default=True)
    """Whether the lock's server did, the last time it was asked."""

    def __post_init__(self) -> None:
        self.breaker = Breaker(self.clock)

    def login(self, url: str, tenant: str) -> orgkey.Origin:
        """The host of a tenant's login URL. Raises :class:`orgkey.ConfigError` for one that no secret may go to."""
        try:
            return self.rules.origin(url, f"The login URL of tenant {tenant!r}")
        except orgkey.UntrustedHost as error:
            raise orgkey.ConfigError(str(error)) from None


class Step(Protocol):
    """One piece of I/O."""

    def perform(self, ports: Ports) -> Any:
        """Do it, and return what the protocol is sent."""
        ...


@dataclass(frozen=True, slots=True)
class Acquire:
    """Try the lock once."""

    name: str
    seconds: float

    def perform(self, ports: Ports) -> str | None:
        """The owner token; None where somebody holds it."""
        try:
            owner = ports.lock.acquire(self.name, self.seconds)
        except LockUnavailable as error:
            _miss_lock(ports, error)
            return NO_LOCK
        ports.lock_answers = True
        return owner


@dataclass(frozen=True, slots=True)
class Release:
    """Give the lock back."""

    name: str
    owner: str | None

    def perform(self, ports: Ports) -> None:
        """Nothing where none was held. A lock that cannot be released ends by itself."""
        if self.owner not in {None, NO_LOCK}:
            try:
                ports.lock.release(self.name, self.owner or "")
            except LockUnavailable as error:
                _miss_lock(ports, error)


def _miss_lock(ports: Ports, error: LockUnavailable) -> None:
    """Say it once in the log, for nothing else shows it: each refresh works as if there were no lock."""
    if ports.lock_answers:
        _LOGGER.warning(
            "The lock (ORGKEY_TENANTS_LOCK) does not answer: %s. Refreshes go on without it, and each is sent once all "
            "the same; processes that wait for one ask the store more often. Look at its URL, its password and, on "
            "PostgreSQL, that a store was made in that database.",
            error,
        )
    ports.lock_answers = False


@dataclass(frozen=True, slots=True)
class Draw:
    """Draw a random number."""

    def perform(self, ports: Ports) -> float:
        """In [0, 1)."""
        return ports.draw()


@dataclass(frozen=True, slots=True)
class Sleep:
    """Wait."""

    seconds: float

    def perform(self, ports: Ports) -> None:
        """On the injected clock."""
        if self.seconds > 0:
            ports.clock.sleep(self.seconds)


@dataclass(frozen=True, slots=True)
class Read:
    """Read the record and its keys, strongly."""

    tenant: str

    def perform(self, ports: Ports) -> Reading | None:
        """Both, and the store's time."""
        return ports.store.read(self.tenant)


@dataclass(frozen=True, slots=True)
class Admit:
    """Ask whether the login host may be sent to: it is Salesforce's, and not to be left alone for a while."""

    record: TenantRecord

    def perform(self, ports: Ports) -> None:
        """Raises :class:`orgkey.ConfigError`, or the :class:`orgkey.TokenRequestError` that its trouble began with."""
        ports.login(self.record.login_url, self.record.tenant)
        refusal = ports.breaker.refusal(self.record.login_url)
        if refusal is not None:
            raise refusal


@dataclass(frozen=True, slots=True)
class Opened:
    """A secret in memory, and the key that its successor will be sealed with."""

    secret: orgkey.Secret
    key: DataKey


@dataclass(frozen=True, slots=True)
class Unseal:
    """Open the stored secret, and have the newest data key at hand."""

    reading: Reading

    def perform(self, ports: Ports) -> Opened:
        """May ask the key service."""
        record = self.reading.record
        key, newest = ports.sealer.pair(self.reading.keys, record.tenant, record.dek_version)
        return Opened(ports.sealer.open_record(record, key), newest)


@dataclass(frozen=True, slots=True)
class Swap:
    """Write a record if its version is still that."""

    record: TenantRecord
    audit: Audit
    version: int

    def perform(self, ports: Ports) -> bool:
        """Whether it was."""
        return ports.store.swap(self.record, self.audit, version=self.version)


class Unsent(Exception):
    """A request was not sent, for certain: ``error`` was raised before its first byte could be written."""

    def __init__(self, error: Exception) -> None:
        super().__init__(error)
        self.error = error


@contextmanager
def _certainly_unsent(*raising: type[Exception]) -> Iterator[None]:
    """Say that a body which raises one of these has sent nothing."""
    try:
        yield
    except raising as error:
        raise Unsent(error) from error


@dataclass(frozen=True, slots=True)
class Send:
    """Send the refresh token, once."""

    record: TenantRecord
    secret: orgkey.Secret = field(repr=False)

    def perform(self, ports: Ports) -> TokenAnswer:
        """The answer. Raises :class:`orgkey.TokenRequestError`, and :class:`Unsent`; of all else nobody knows."""
        with _certainly_unsent(Exception):
            login = ports.login(self.record.login_url, self.record.tenant)
            grant = RefreshToken(self.record.client_id, self.secret, client_secret=ports.client_secret)
            request = grant.token_request(login, ports.clock.now())
        # The core's own carriers are made, and refuse their settings, before they write. A client of the program's
        # own may raise what it likes, when it likes.
        certain = () if ports.sender.settings.client is not None else (orgkey.ConfigError,)
        try:
            with _certainly_unsent(*certain):
                answer = ports.sender.send(request)
            read = read_token(answer, grant, login, ports.rules)
        except orgkey.TokenRequestError as error:
            if error.status in TRANSIENT or isinstance(error, orgkey.TokenEndpointUnreachable):
                ports.breaker.failed(self.record.login_url, error)
            else:
                ports.breaker.answered(self.record.login_url)
            raise
        ports.breaker.answered(self.record.login_url)
        return read


@dataclass(frozen=True, slots=True)
class Seal:
    """Encrypt the successor."""

    key: DataKey
    secret: orgkey.Secret
    family: str
    generation: int

    def perform(self, ports: Ports) -> bytes:
        """No I/O; a step so that a crash can be tried here too."""
        return ports.sealer.seal(
            self.key, self.secret, kind="refresh_token", family=self.family, generation=self.generation
        )


@dataclass(frozen=True, slots=True)
class Settle:
    """Write a refresh's outcome if its intent still stands."""

    record: TenantRecord
    audit: Audit
    intent: str

    def perform(self, ports: Ports) -> bool:
        """Whether it did."""
        return ports.store.settle(self.record, self.audit, intent=self.intent)


@dataclass(frozen=True, slots=True)
class WriteJournal:
    """Keep an outcome on local disk."""

    entry: Entry

    def perform(self, ports: Ports) -> bool:
        """Whether it is kept."""
        try:
            ports.journal.write(self.entry)
        except OSError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Find:
    """Look for an outcome in the journal."""

    tenant: str
    intent: str

    def perform(self, ports: Ports) -> Entry | None:
        """None where there is none, or no journal to be read."""
        try:
            return ports.journal.find(self.tenant, self.intent)
        except OSError:
            return None


@dataclass(frozen=True, slots=True)
class Strike:
    """Drop an outcome from the journal."""

    tenant: str
    intent: str

    def perform(self, ports: Ports) -> None:
        """What cannot be dropped does no harm: its intent is settled."""
        try:
            ports.journal.strike(self.tenant, self.intent)
        except OSError:
            return


@dataclass(frozen=True, slots=True)
class Tell:
    """Tell observers."""

    kind: orgkey.EventKind
    record: TenantRecord
    cause: str

    def perform(self, ports: Ports) -> None:
        """Never raises."""
        record = self.record
        host = record.login_url.partition("://")[2]
        ports.tell(
            orgkey.Event(
                self.kind,
                host,
                record.client_id,
                record.username,
                record.grant,
                generation=record.generation,
                cause=self.cause,
                tenant=record.tenant,
                state=record.state,
            )
        )
