"""What orgkey-tenants registers with the core: its commands, stores, locks and key wrappers."""

from __future__ import annotations

from typing import Any

from orgkey import CommandPlugin, KeyWrapperPlugin, LockPlugin, SessionSourcePlugin, StorePlugin, hookimpl

__all__: list[str] = []


@hookimpl
def orgkey_commands() -> list[CommandPlugin]:
    """``orgkey tenants``."""

    def load() -> Any:
        from orgkey_tenants.commands import app

        return app

    return [CommandPlugin("tenants", load)]


@hookimpl
def orgkey_stores() -> list[StorePlugin]:
    """SQLite and PostgreSQL."""
    from orgkey_tenants.stores.sql import open_existing_sql, open_sql

    return [StorePlugin(scheme, open_sql, open_existing_sql) for scheme in ("sqlite", "postgresql")]


@hookimpl
def orgkey_locks() -> list[LockPlugin]:
    """Redis and PostgreSQL."""
    from orgkey_tenants.locks import PostgreSQLLock, RedisLock

    # "unix" is redis-py's own name for a Redis at a socket of this machine.
    redis = [LockPlugin(scheme, RedisLock) for scheme in ("redis", "rediss", "unix")]
    return [*redis, LockPlugin("postgresql", PostgreSQLLock)]


@hookimpl
def orgkey_key_wrappers() -> list[KeyWrapperPlugin]:
    """Local keys and AWS KMS."""
    from orgkey_tenants.wrappers import AWSKeyWrapper, open_file, open_variable

    return [
        KeyWrapperPlugin("file", open_file),
        KeyWrapperPlugin("env", open_variable),
        KeyWrapperPlugin("awskms", lambda uri: AWSKeyWrapper(uri.partition(":")[2])),
    ]


@hookimpl
def orgkey_session_sources() -> list[SessionSourcePlugin]:
    """Tenants, for ``orgkey doctor --tenant`` and ``orgkey certificates``."""

    def open_session(tenant: str) -> Any:
        from orgkey_tenants.commands import session_of

        return session_of(tenant)

    def keys(tenant: str) -> Any:
        from orgkey_tenants.commands import kept_keys

        return kept_keys(tenant)

    return [SessionSourcePlugin("tenant", open_session, keys)]
