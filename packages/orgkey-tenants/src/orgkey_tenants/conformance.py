"""The conformance kit: what a store must pass before tenants may live in it.

A plugin's test suite subclasses :class:`StoreConformance` and gives it a pytest fixture ``store`` that is empty, and
whose time is the fixture ``clock``, which has ``advance(seconds)``.
"""
# ruff: noqa: S101, PLR2004 - these are tests, whose assertions and numbers are the expectation

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from orgkey_tenants.record import Audit, Authorization, Intent, State, TenantRecord, WrappedKey

__all__ = ["StoreConformance"]

_RACERS = 8


def _audit(record: TenantRecord, event: str = "tried") -> Audit:
    return Audit(tenant=record.tenant, at=1.0, actor="kit", event=event, state=record.state)


def _record(tenant: str = "acme", **changes: Any) -> TenantRecord:
    given = {"state": State.ACTIVE, "login_url": "https://acme.my.salesforce.com", "client_id": "app", **changes}
    return TenantRecord(tenant=tenant, **given)


def _authorization(expires_at: float, dek_version: int = 1) -> Authorization:
    return Authorization(
        state_hash="s" * 64,
        tenant="acme",
        browser_hash="b" * 64,
        family="f",
        sealed=b"verifier",
        dek_version=dek_version,
        login_url="https://acme.my.salesforce.com",
        redirect_uri="https://product.example/callback",
        scope="api",
        expires_at=expires_at,
    )


def _race(work: Any) -> list[Any]:
    with ThreadPoolExecutor(_RACERS) as pool:
        return list(pool.map(work, range(_RACERS)))


class StoreConformance:
    """Subclass it, with a fixture ``store`` and a fixture ``clock``."""

    def test_a_record_comes_back_as_it_was(self, store: Any) -> None:
        """Field by field, the intent and what is sealed too."""
        record = _record(
            sealed=b"\x00\xff sealed",
            intent=Intent("id-1", "host/1", 1_800_000_000.123456, 2),
            scope="api refresh_token",
            keepalive_at=1.5,
            last_refresh=0.25,
            family="f",
            generation=3,
        )
        assert store.create(record, _audit(record))
        assert store.read("acme").record == replace(record, version=1)
        assert store.read("Acme") is None

    def test_an_id_is_taken_once(self, store: Any) -> None:
        """Of any number who add one."""
        assert sum(_race(lambda number: store.create(_record(username=str(number)), _audit(_record())))) == 1
        assert len(store.audit("acme")) == 1

    def test_a_swap_compares_the_version(self, store: Any) -> None:
        """The one that comes second changes nothing, and leaves no audit line."""
        store.create(_record(), _audit(_record()))
        assert store.swap(_record(cause="first"), _audit(_record(), "first"), version=1)
        assert not store.swap(_record(cause="second"), _audit(_record(), "second"), version=1)
        found = store.read("acme").record
        assert (found.cause, found.version) == ("first", 2)
        assert [line.event for line in store.audit("acme")] == ["first", "tried"]

    def test_a_note_changes_no_record(self, store: Any) -> None:
        """Something that happened elsewhere is told of, and no version moves."""
        store.create(_record(), _audit(_record()))
        store.note(_audit(_record(), "told"))
        assert [line.event for line in store.audit("acme")] == ["told", "tried"]
        assert [line.event for line in store.audit("acme", limit=1, events=("tried", "asked"))] == ["tried"]
        reading = store.read("acme")
        assert reading is not None
        assert reading.record.version == 1

    def test_of_racing_swaps_one_wins(self, store: Any) -> None:
        """Every time."""
        store.create(_record(), _audit(_record()))
        for version in range(1, 6):
            won = _race(
                lambda number, seen=version: store.swap(_record(cause=str(number)), _audit(_record()), version=seen)
            )
            assert sum(won) == 1
        assert store.read("acme").record.version == 6

    def test_an_outcome_is_settled_by_its_intent(self, store: Any) -> None:
        """Late, and whatever else was written meanwhile; once."""
        intent = Intent("mine", "host/1", 100.0)
        store.create(_record(intent=intent, failures=3, last_error="X"), _audit(_record()))
        store.swap(_record(state=State.SUSPENDED, intent=intent, failures=3), _audit(_record()), version=1)
        outcome = _record(sealed=b"next", generation=1, dek_version=1, state=State.ACTIVE, org_id="00D000000000001EAA")
        assert not store.settle(outcome, _audit(outcome), intent="theirs")
        assert store.settle(outcome, _audit(outcome), intent="mine")
        assert not store.settle(replace(outcome, sealed=b"other"), _audit(outcome), intent="mine")
        found = store.read("acme").record
        assert (found.sealed, found.generation, found.intent, found.failures) == (b"next", 1, None, 0)
        assert found.state is State.SUSPENDED
        assert found.version == 3

    def test_records_come_in_pages(self, store: Any) -> None:
        """By id, and by state."""
        for tenant in ("a", "b", "c", "d"):
            state = State.SUSPENDED if tenant == "b" else State.ACTIVE
            store.create(_record(tenant, state=state), _audit(_record(tenant)))
        assert [record.tenant for record in store.page(limit=2)] == ["a", "b"]
        assert [record.tenant for record in store.page(after="b", limit=2)] == ["c", "d"]
        assert [record.tenant for record in store.page(states=[State.SUSPENDED])] == ["b"]

    def test_data_keys_are_versions(self, store: Any) -> None:
        """Added once, rewrapped by comparison, dropped below a version."""
        one, two = (WrappedKey("acme", version, b"wrapped", "master-1", 1.0) for version in (1, 2))
        assert sum(_race(lambda number: store.add_key(replace(one, wrapped=bytes([number]))))) == 1
        assert store.add_key(two)
        assert [key.version for key in store.keys("acme")] == [1, 2]
        store.create(_record(), _audit(_record()))
        assert list(store.read("acme").keys) == store.keys("acme")
        assert not store.rewrap_key(replace(two, wrapped=b"new"), instead_of=b"not that")
        assert store.rewrap_key(replace(two, wrapped=b"new", master="master-2"), instead_of=b"wrapped")
        assert store.drop_keys("acme", below=2) == 1
        assert store.keys("acme") == [replace(two, wrapped=b"new", master="master-2")]
        assert store.drop_keys("acme") == 1
        assert store.keys("acme") == []
        assert list(store.read("acme").keys) == []

    def test_the_key_of_a_consent_under_way_is_not_dropped_with_the_older_ones(self, store: Any, clock: Any) -> None:
        """For as long as the consent may be answered, and only its own tenant's; all keys means that one too."""
        for tenant in ("acme", "other"):
            for version in (1, 2, 3):
                assert store.add_key(WrappedKey(tenant, version, b"wrapped", "master-1", 1.0))
        store.put_authorization(_authorization(clock.now() + 60, dek_version=2))
        assert store.drop_keys("other", below=3) == 2
        assert store.drop_keys("acme", below=3) == 1
        assert [key.version for key in store.keys("acme")] == [2, 3]
        clock.advance(61)
        assert store.drop_keys("acme", below=3) == 1
        store.put_authorization(_authorization(clock.now() + 60, dek_version=3))
        assert store.drop_keys("acme") == 1

    def test_an_authorization_is_taken_once(self, store: Any, clock: Any) -> None:
        """Of any number who ask for it, and in its time."""
        waiting = _authorization(clock.now() + 60)
        store.put_authorization(waiting)
        taken = _race(lambda _: store.take_authorization("s" * 64))
        assert [found for found in taken if found is not None] == [waiting]
        store.put_authorization(waiting)
        clock.advance(61)
        assert store.take_authorization("s" * 64) is None

    def test_a_signal_moves_forward_and_changes_no_version(self, store: Any) -> None:
        """And a swap leaves it alone."""
        store.create(_record(), _audit(_record()))
        store.touch({"acme": 50.0, "nobody": 1.0})
        store.touch({"acme": 40.0})
        assert store.swap(_record(last_call=None), _audit(_record()), version=1)
        assert store.read("acme").record.last_call == 50.0

    def test_each_due_tenant_is_claimed_once(self, store: Any, clock: Any) -> None:
        """Among workers; again after the claim's end; never where its state or grant says no."""
        past = clock.now() - 1
        for number in range(20):
            store.create(_record(f"t{number:02}", keepalive_at=past), _audit(_record(f"t{number:02}")))
        store.create(_record("later", keepalive_at=clock.now() + 100), _audit(_record("later")))
        store.create(_record("off", keepalive_at=past, state=State.SUSPENDED), _audit(_record("off")))
        store.create(_record("key", keepalive_at=past, grant="jwt_bearer"), _audit(_record("key")))
        claimed = [tenant for share in _race(lambda _: store.claim_due(limit=5, seconds=60)) for tenant in share]
        while more := store.claim_due(limit=5, seconds=60):
            claimed += more
        assert sorted(claimed) == [f"t{number:02}" for number in range(20)]
        clock.advance(61)
        assert len(store.claim_due(limit=50, seconds=60)) == 20

    def test_a_new_epoch_makes_rotating_tenants_suspect(self, store: Any) -> None:
        """And no others; their old versions swap no more."""
        store.create(_record("rotating"), _audit(_record("rotating")))
        store.create(_record("key", grant="jwt_bearer"), _audit(_record("key")))
        store.create(_record("dead", state=State.NEEDS_REAUTH), _audit(_record("dead")))
        assert store.epoch() == 0
        assert store.begin_epoch(by="admin") == 1
        assert store.epoch() == 1
        states = {record.tenant: record.state for record in store.page()}
        assert states == {"rotating": State.SUSPECT, "key": State.ACTIVE, "dead": State.NEEDS_REAUTH}
        assert store.audit("rotating")[0].event == "restored"
        assert not store.swap(_record("rotating"), _audit(_record("rotating")), version=1)
