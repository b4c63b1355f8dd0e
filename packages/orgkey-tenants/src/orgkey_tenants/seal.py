"""Envelope encryption: each tenant's secret under the tenant's own data key, and that key under a master key.

Tenant, environment, kind, family and versions are bound into both layers as associated data, each with its length
before it, so that nothing that was encrypted for one place opens in another.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NoReturn, final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

import orgkey
from orgkey_tenants.atfork import renew_after_fork
from orgkey_tenants.errors import SealBroken, local
from orgkey_tenants.record import WrappedKey

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orgkey_tenants.record import TenantRecord
    from orgkey_tenants.stores.base import Store
    from orgkey_tenants.wrappers import KeyWrapper

__all__ = ["DataKey", "Sealer", "associated_data"]

_FORMAT: Final = b"\x01"
_NONCE: Final = 12  # bytes, random: NIST SP 800-38D section 8.2.2
_KEY: Final = 32
_PURPOSE: Final = "orgkey-tenants"


def associated_data(*parts: str | int) -> bytes:
    """``parts`` as bytes, each after its length: ("a", "bc") differs from ("ab", "c")."""
    encoded = [str(part).encode() for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)


@final
class DataKey:
    """One version of a tenant's data key, unwrapped. It shows and pickles nothing."""

    __slots__ = ("_cipher", "tenant", "version")

    def __init__(self, tenant: str, version: int, key: bytes) -> None:
        self.tenant = tenant
        self.version = version
        self._cipher = AESGCM(key)

    def encrypt(self, plain: bytes, bound: bytes) -> bytes:
        """Format byte, nonce and ciphertext of ``plain``, bound to ``bound``."""
        nonce = os.urandom(_NONCE)
        return _FORMAT + nonce + self._cipher.encrypt(nonce, plain, bound)

    def decrypt(self, sealed: bytes, bound: bytes) -> bytes:
        """What was encrypted. Raises ``InvalidTag`` for anything else, or where it was bound to something else."""
        if sealed[:1] != _FORMAT or len(sealed) <= 1 + _NONCE:
            raise InvalidTag
        return self._cipher.decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], bound)

    def __repr__(self) -> str:
        return f"<DataKey {self.version} of {self.tenant!r}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A data key is not pickled.")


class Sealer:
    """Seals and opens tenants' secrets.

    Attributes
    ----------
    environment:
        Bound into every seal: a program of another environment that is pointed at this store opens nothing.

    """

    def __init__(
        self,
        store: Store,
        wrapper: KeyWrapper,
        *,
        environment: str = "",
        clock: orgkey.Clock = orgkey.SYSTEM_CLOCK,
        cached: int = 1_000,
        seconds: float = 300.0,
    ) -> None:
        self.environment = environment
        self._store = store
        self._wrapper = wrapper
        self._clock = clock
        self._cached, self._seconds = cached, seconds
        self._cache: OrderedDict[tuple[str, int, bytes], tuple[float, DataKey]] = OrderedDict()
        self.after_fork()
        renew_after_fork(self)

    def after_fork(self) -> None:
        """A new lock; unwrapped keys stay what they are."""
        self._lock = threading.Lock()

    # --- secrets ---------------------------------------------------------------------------------------------------

    def seal(self, key: DataKey, secret: orgkey.Secret, *, kind: str, family: str, generation: int = 0) -> bytes:
        """``secret`` encrypted with ``key``. No I/O."""
        return key.encrypt(secret.reveal().encode(), self._bound(key, kind, family, generation))

    def open(self, key: DataKey, sealed: bytes, *, kind: str, family: str, generation: int = 0) -> orgkey.Secret:
        """What :meth:`seal` was given. Raises :class:`~orgkey_tenants.SealBroken` where anything differs."""
        try:
            return orgkey.Secret(key.decrypt(sealed, self._bound(key, kind, family, generation)).decode())
        except (InvalidTag, UnicodeDecodeError):
            fact = f"tenant {key.tenant!r}, {kind} of generation {generation}, data key {key.version}"
            raise local(SealBroken, "TENANT_SEAL_BROKEN", fact) from None

    def open_record(self, record: TenantRecord, key: DataKey | None = None) -> orgkey.Secret:
        """The refresh token, private key or client secret in ``record``; ``key`` is its key, where at hand.

        Raises as :meth:`key`.
        """
        key = key or self.key(record.tenant, record.dek_version)
        return self.open(
            key, record.sealed, kind=record.secret_kind, family=record.family, generation=record.generation
        )

    def _bound(self, key: DataKey, kind: str, family: str, generation: int) -> bytes:
        return associated_data(_PURPOSE, 1, self.environment, key.tenant, kind, family, key.version, generation)

    # --- data keys -------------------------------------------------------------------------------------------------

    def key(self, tenant: str, version: int) -> DataKey:
        """The tenant's data key of that version.

        Which wrapped keys there are is read from the store each time, so that what was shredded or restored elsewhere
        counts here at once; a wrapped key is unwrapped at most once in five minutes.

        Raises :class:`~orgkey_tenants.SealBroken`, :class:`~orgkey_tenants.KeyServiceUnavailable`,
        :class:`~orgkey_tenants.StoreUnavailable`.
        """
        return self._of(self._store.keys(tenant), tenant, version)

    def pair(self, held: Sequence[WrappedKey], tenant: str, version: int) -> tuple[DataKey, DataKey]:
        """Of the tenant's keys the one of that version and the newest: to open with, and to seal with next.

        Raises as :meth:`key`.
        """
        return self._of(held, tenant, version), self._unwrapped(held[-1])

    def newest(self, tenant: str) -> DataKey:
        """The key to seal with: the tenant's newest, or its first one, made now."""
        return self.newest_of(self._store.keys(tenant), tenant)

    def newest_of(self, held: Sequence[WrappedKey], tenant: str) -> DataKey:
        """Of the tenant's keys the newest; where there is none its first one, made now."""
        return self._unwrapped(held[-1]) if held else self.new_key(tenant)

    def _of(self, held: Sequence[WrappedKey], tenant: str, version: int) -> DataKey:
        for wrapped in held:
            if wrapped.version == version:
                return self._unwrapped(wrapped)
        raise local(SealBroken, "TENANT_SEAL_BROKEN", f"tenant {tenant!r} has no data key {version}")

    def new_key(self, tenant: str) -> DataKey:
        """Make and keep the tenant's next data key; from now on it is the newest."""
        while True:
            versions = [wrapped.version for wrapped in self._store.keys(tenant)]
            version = max(versions, default=0) + 1
            plain = os.urandom(_KEY)
            blob = self._wrapper.wrap(plain, self._context(tenant, version))
            wrapped = WrappedKey(tenant, version, blob, self._wrapper.master, self._store.now())
            if self._store.add_key(wrapped):
                return self._remember(wrapped, DataKey(tenant, version, plain))

    def rewrap(self, tenant: str) -> int:
        """Wrap the tenant's data keys under the present master key. Returns how many were under another one."""
        moved = 0
        for old in self._store.keys(tenant):
            if old.master == self._wrapper.master:
                continue
            context = self._context(tenant, old.version)
            blob = self._wrapper.wrap(self._wrapper.unwrap(old.wrapped, context, old.master), context)
            moved += self._store.rewrap_key(
                replace(old, wrapped=blob, master=self._wrapper.master), instead_of=old.wrapped
            )
        return moved

    def shred(self, tenant: str) -> int:
        """Delete the tenant's data keys. What they sealed opens no more, except where a backup still has them."""
        with self._lock:
            for place in [place for place in self._cache if place[0] == tenant]:
                del self._cache[place]
        return self._store.drop_keys(tenant)

    def _context(self, tenant: str, version: int) -> dict[str, str]:
        # As AWS calls it: the encryption context, which KMS binds and logs. No secret is in it.
        return {
            "purpose": f"{_PURPOSE} data key",
            "environment": self.environment or "-",
            "tenant": tenant,
            "dek_version": str(version),
        }

    def _unwrapped(self, wrapped: WrappedKey) -> DataKey:
        place = _place(wrapped)
        with self._lock:
            until, found = self._cache.get(place, (0.0, None))
            if found is not None and self._clock.monotonic() < until:
                self._cache.move_to_end(place)
                return found
            self._cache.pop(place, None)
        plain = self._wrapper.unwrap(wrapped.wrapped, self._context(wrapped.tenant, wrapped.version), wrapped.master)
        return self._remember(wrapped, DataKey(wrapped.tenant, wrapped.version, plain))

    def _remember(self, wrapped: WrappedKey, key: DataKey) -> DataKey:
        with self._lock:
            self._cache[_place(wrapped)] = (self._clock.monotonic() + self._seconds, key)
            while len(self._cache) > self._cached:
                self._cache.popitem(last=False)
        return key


def _place(wrapped: WrappedKey) -> tuple[str, int, bytes]:
    # With the wrapping: after a restore from a backup the same version may be another key.
    return wrapped.tenant, wrapped.version, wrapped.wrapped
