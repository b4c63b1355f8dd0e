"""Locks across processes: they spare losers the polling. Correctness never rests on one; losing it is survivable."""

from __future__ import annotations

import secrets
import threading
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, Protocol

from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.sql import text

import orgkey
from orgkey_tenants.atfork import renew_after_fork
from orgkey_tenants.settings import plugin_for
from orgkey_tenants.stores.postgresql import open_postgresql
from orgkey_tenants.stores.schema import LOCKS

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Lock", "LockUnavailable", "PostgreSQLLock", "ProcessLock", "RedisLock", "open_lock"]


class LockUnavailable(Exception):
    """The lock's server did not answer. Whoever asked goes on without a lock."""


class Lock(Protocol):
    """One try at a time: whoever does not get it waits elsewhere. A lease ends by itself."""

    def acquire(self, name: str, seconds: float) -> str | None:
        """The random owner token, good for ``seconds``; None where somebody holds it.

        Raises :class:`LockUnavailable`.
        """
        ...

    def release(self, name: str, owner: str) -> None:
        """Give it back if ``owner`` still holds it. Raises :class:`LockUnavailable`."""
        ...

    def close(self) -> None:
        """Give back connections."""
        ...


class ProcessLock:
    """Among the threads of this process."""

    def __init__(self, clock: orgkey.Clock = orgkey.SYSTEM_CLOCK) -> None:
        self._clock = clock
        self.after_fork()
        renew_after_fork(self)

    def after_fork(self) -> None:
        """What threads of the parent hold, nobody holds here."""
        self._guard = threading.Lock()
        self._held: dict[str, tuple[str, float]] = {}

    def acquire(self, name: str, seconds: float) -> str | None:
        """Take it, unless somebody's lease runs."""
        now = self._clock.monotonic()
        with self._guard:
            if self._held.get(name, ("", now))[1] > now:
                return None
            owner = secrets.token_hex(16)
            self._held[name] = (owner, now + seconds)
            return owner

    def release(self, name: str, owner: str) -> None:
        """Compare and delete."""
        with self._guard:
            if self._held.get(name, ("", 0.0))[0] == owner:
                del self._held[name]

    def close(self) -> None:
        """Nothing to give back."""


# Compare-and-delete (https://redis.io/docs/latest/commands/set/, "Patterns").
_RELEASE: Final = 'if redis.call("get",KEYS[1]) == ARGV[1] then return redis.call("del",KEYS[1]) else return 0 end'


class RedisLock:
    """In Redis: ``SET NX PX`` with a random owner, released by compare-and-delete."""

    def __init__(self, url: str = "", *, client: Any = None, prefix: str = "orgkey:refresh:") -> None:
        try:
            import redis
        except ModuleNotFoundError:
            raise orgkey.ConfigError("A redis:// lock needs redis-py: pip install 'orgkey-tenants[redis]'") from None
        self._failures = (redis.RedisError, OSError)
        if client is None:
            try:
                client = redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5)
            except ValueError:
                raise orgkey.ConfigError(
                    "The lock's URL (ORGKEY_TENANTS_LOCK) is none. It looks like redis://localhost:6379/0"
                ) from None
        self._client = client
        self._prefix = prefix
        self._release = client.register_script(_RELEASE)

    def acquire(self, name: str, seconds: float) -> str | None:
        """SET NX PX."""
        owner = secrets.token_hex(16)
        taken = self._ask(lambda: self._client.set(self._prefix + name, owner, nx=True, px=max(1, int(seconds * 1000))))
        return owner if taken else None

    def release(self, name: str, owner: str) -> None:
        """Compare and delete, in one script."""
        self._ask(lambda: self._release(keys=[self._prefix + name], args=[owner]))

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _ask(self, work: Callable[[], Any]) -> Any:
        try:
            return work()
        except self._failures as error:
            raise LockUnavailable(type(error).__name__) from None


class PostgreSQLLock:
    """A row with an owner and an end, by the database's clock.

    No advisory lock: one of a session does not pass a pooler in transaction mode, and one of a transaction holds a
    connection for as long as the token endpoint takes.
    """

    def __init__(self, url: str, *, clock: orgkey.Clock = orgkey.SYSTEM_CLOCK) -> None:
        try:
            self._engine = open_postgresql(url, clock)
        except (ArgumentError, ModuleNotFoundError, ValueError):  # ValueError: a port that is no number
            raise orgkey.ConfigError(
                "The lock's URL (ORGKEY_TENANTS_LOCK) cannot be used. It looks like postgresql://user@host/database "
                "and needs pip install 'orgkey-tenants[postgresql]'"
            ) from None
        renew_after_fork(self)

    def after_fork(self) -> None:
        """The connections are the parent's: neither used nor closed here."""
        self._of_the_parent = self._engine.pool
        self._engine.dispose(close=False)

    def acquire(self, name: str, seconds: float) -> str | None:
        """Insert, or take over a row whose time is up."""
        owner = secrets.token_hex(16)
        statement = text(
            "INSERT INTO orgkey_locks (name, owner, expires_at) "
            "VALUES (:name, :owner, extract(epoch from clock_timestamp()) + :seconds) "
            "ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at "
            "WHERE orgkey_locks.expires_at <= extract(epoch from clock_timestamp())"
        )
        return owner if self._run(statement, name=_row(name), owner=owner, seconds=seconds) else None

    def release(self, name: str, owner: str) -> None:
        """Compare and delete."""
        self._run(LOCKS.delete().where(LOCKS.c.name == _row(name), LOCKS.c.owner == owner))

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()

    def _run(self, statement: Any, **values: Any) -> bool:
        try:
            with self._engine.begin() as connection:
                return connection.execute(statement, values).rowcount == 1
        except SQLAlchemyError as error:
            raise LockUnavailable(type(getattr(error, "orig", None) or error).__name__) from None


def _row(name: str) -> str:
    # The column is as wide as this; a tenant's id may be four times that.
    return sha256(name.encode()).hexdigest()


def open_lock(url: str) -> Lock:
    """The lock that ``url`` names: ``redis://…``, ``postgresql://…``; in this process where it is empty."""
    if not url:
        return ProcessLock()
    lock: Lock = plugin_for(orgkey.LockPlugin, "lock", url).open(url)
    return lock
