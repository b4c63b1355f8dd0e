"""Twins for tasks of what Tenants does to states, secrets and keys: each runs the plain method on a thread."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import orgkey
    from orgkey_tenants.authorization import AuthorizationURL
    from orgkey_tenants.record import Audit, TenantRecord

__all__ = ["AsyncTwins"]


class AsyncTwins:
    """Mixed into :class:`~orgkey_tenants.Tenants`. A cancelled task stops waiting; what it asked for goes on."""

    __slots__ = ()

    async def _run(self, name: str, *arguments: Any, **options: Any) -> Any:
        return await asyncio.to_thread(getattr(self, name), *arguments, **options)

    async def _changed(self, name: str, *arguments: Any, **options: Any) -> TenantRecord:
        record: TenantRecord = await self._run(name, *arguments, **options)
        return record

    async def _counted(self, name: str, **options: Any) -> int:
        count: int = await self._run(name, **options)
        return count

    async def aget(self, tenant: str) -> TenantRecord:
        """As :meth:`Tenants.get`, for a task."""
        return await self._changed("get", tenant)

    async def alist(self, **options: Any) -> list[TenantRecord]:
        """As :meth:`Tenants.list`, for a task."""
        found: list[TenantRecord] = await self._run("list", **options)
        return found

    async def aaudit(self, tenant: str, **options: Any) -> Sequence[Audit]:
        """As :meth:`Tenants.audit`, for a task."""
        found: Sequence[Audit] = await self._run("audit", tenant, **options)
        return found

    async def astart_authorization(self, tenant: str, login_url: str = "", **options: Any) -> AuthorizationURL:
        """As :meth:`Tenants.start_authorization`, for a task."""
        url: AuthorizationURL = await self._run("start_authorization", tenant, login_url, **options)
        return url

    async def areconnect(self, tenant: str, **options: Any) -> AuthorizationURL:
        """As :meth:`Tenants.reconnect`, for a task."""
        url: AuthorizationURL = await self._run("reconnect", tenant, **options)
        return url

    async def aadd(self, tenant: str, **options: Any) -> TenantRecord:
        """As :meth:`Tenants.add`, for a task."""
        return await self._changed("add", tenant, **options)

    async def aadd_jwt_bearer(self, tenant: str, **options: Any) -> TenantRecord:
        """As :meth:`Tenants.add_jwt_bearer`, for a task."""
        return await self._changed("add_jwt_bearer", tenant, **options)

    async def aadd_client_credentials(self, tenant: str, **options: Any) -> TenantRecord:
        """As :meth:`Tenants.add_client_credentials`, for a task."""
        return await self._changed("add_client_credentials", tenant, **options)

    async def arenew_secret(self, tenant: str, secret: orgkey.Secret | str, **options: Any) -> TenantRecord:
        """As :meth:`Tenants.renew_secret`, for a task."""
        return await self._changed("renew_secret", tenant, secret, **options)

    async def asuspend(self, tenant: str, **options: Any) -> TenantRecord:
        """As :meth:`Tenants.suspend`, for a task."""
        return await self._changed("suspend", tenant, **options)

    async def aresume(self, tenant: str, **options: Any) -> TenantRecord:
        """As :meth:`Tenants.resume`, for a task."""
        return await self._changed("resume", tenant, **options)

    async def aconfirm(self, tenant: str, **options: Any) -> TenantRecord:
        """As :meth:`Tenants.confirm`, for a task."""
        return await self._changed("confirm", tenant, **options)

    async def aforget(self, tenant: str, **options: Any) -> TenantRecord:
        """As :meth:`Tenants.forget`, for a task."""
        return await self._changed("forget", tenant, **options)

    async def arestored(self, **options: Any) -> int:
        """As :meth:`Tenants.restored`, for a task."""
        return await self._counted("restored", **options)

    async def akeepalive(self, **options: Any) -> tuple[int, int]:
        """As :meth:`Tenants.keepalive`, for a task."""
        counts: tuple[int, int] = await self._run("keepalive", **options)
        return counts

    async def arotate_master_key(self, **options: Any) -> int:
        """As :meth:`Tenants.rotate_master_key`, for a task."""
        return await self._counted("rotate_master_key", **options)

    async def arotate_data_keys(self, **options: Any) -> int:
        """As :meth:`Tenants.rotate_data_keys`, for a task."""
        return await self._counted("rotate_data_keys", **options)
