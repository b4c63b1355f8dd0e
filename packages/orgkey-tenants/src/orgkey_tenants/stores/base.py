"""What a store of tenants must do; any that passes the conformance kit can take the place of the SQL one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from orgkey_tenants.errors import UnknownTenant

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from orgkey_tenants.record import Audit, Authorization, Reading, State, TenantRecord, WrappedKey

__all__ = ["Store", "record_of", "records_of"]

_PAGE = 500


class Store(Protocol):
    """Where records live. Writes are optimistic (compare-and-swap), reads are strong, and nothing is held between.

    Every method raises :class:`~orgkey_tenants.StoreUnavailable` where the store does not answer or takes no writes.
    A write that raises may have happened.
    """

    def now(self) -> float:
        """The store's time in seconds since the epoch: what deadlines are compared with."""
        ...

    def read(self, tenant: str) -> Reading | None:
        """The record and its keys as of the last write anywhere; None where there is no record."""
        ...

    def create(self, record: TenantRecord, audit: Audit) -> bool:
        """Add a record with version 1; False where its id is taken."""
        ...

    def swap(self, record: TenantRecord, audit: Audit, *, version: int) -> bool:
        """Write ``record`` as version + 1 if the stored one still has ``version``; False otherwise."""
        ...

    def settle(self, record: TenantRecord, audit: Audit, *, intent: str) -> bool:
        """Write a refresh's outcome if the stored intent still has the id ``intent``; False otherwise.

        Only what a refresh brings (:data:`orgkey_tenants.record.REFRESHED`) is written; failures are cleared and so is
        the intent.
        The state stays what somebody may have made it meanwhile. The deadline plays no part: late is not lost.
        """
        ...

    def page(self, *, states: Iterable[State] = (), after: str = "", limit: int = 100) -> list[TenantRecord]:
        """Records by tenant id, from the one after ``after``; of all states where none is named."""
        ...

    def audit(self, tenant: str, *, limit: int = 100, events: Collection[str] = ()) -> list[Audit]:
        """The latest audit lines of a tenant, newest first; of all events where none is named."""
        ...

    def note(self, audit: Audit) -> None:
        """Add an audit line of something that changed no record here: what was done at Salesforce."""
        ...

    # --- data keys -------------------------------------------------------------------------------------------------

    def keys(self, tenant: str) -> list[WrappedKey]:
        """The tenant's wrapped data keys, oldest first."""
        ...

    def add_key(self, key: WrappedKey) -> bool:
        """Add a key; False where that version exists."""
        ...

    def rewrap_key(self, key: WrappedKey, *, instead_of: bytes) -> bool:
        """Replace the wrapping of a key if it is still ``instead_of``; False otherwise."""
        ...

    def drop_keys(self, tenant: str, *, below: int | None = None) -> int:
        """Delete the tenant's keys, all or those of versions below; returns how many.

        Of those below, one that a consent under way (an authorization in its time) is sealed with stays.
        """
        ...

    # --- consents under way ----------------------------------------------------------------------------------------

    def put_authorization(self, authorization: Authorization) -> None:
        """Keep a consent that was asked for; those past their time are dropped on the way."""
        ...

    def take_authorization(self, state_hash: str) -> Authorization | None:
        """Take it out: of any number of callers one gets it. None where there is none, or it is past its time."""
        ...

    # --- signals and keep-alive ------------------------------------------------------------------------------------

    def touch(self, calls: Mapping[str, float]) -> None:
        """Note the last successful API call of each tenant; an older time changes nothing, nor does it any version."""
        ...

    def claim_due(self, *, limit: int, seconds: float) -> list[str]:
        """Claim up to ``limit`` ACTIVE rotating tenants whose keep-alive is due, for ``seconds``."""
        ...

    # --- the store as a whole --------------------------------------------------------------------------------------

    def epoch(self) -> int:
        """How often the store was restored from a backup, as far as it was told."""
        ...

    def begin_epoch(self, *, by: str) -> int:
        """Start a new epoch: every ACTIVE rotating tenant becomes SUSPECT. Returns how many did."""
        ...

    def close(self) -> None:
        """Give back connections."""
        ...


def record_of(store: Store, tenant: str) -> TenantRecord:
    """The tenant's record. Raises :class:`~orgkey_tenants.UnknownTenant`."""
    reading = store.read(tenant)
    if reading is None:
        raise UnknownTenant(tenant)
    return reading.record


def records_of(store: Store, *, states: Iterable[State] = ()) -> Iterator[TenantRecord]:
    """All records by id, or those in one of ``states``, page by page."""
    wanted, after = tuple(states), ""
    while page := store.page(states=wanted, after=after, limit=_PAGE):
        yield from page
        after = page[-1].tenant
