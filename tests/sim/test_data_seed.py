from __future__ import annotations

import time

from orgkey_sim.clock import VirtualClock
from orgkey_sim.data import Records

ALL = "SELECT FIELDS(ALL) FROM Contact ORDER BY Id LIMIT 200"


def loaded(count: int, seed: int = 0, now: float = 1_800_000_000.0) -> Records:
    records = Records(VirtualClock(lambda: now), "00D000000000001AAA")
    records.load_contacts(count, seed, owner_id="005000000000001AAA")
    return records


def test_a_seed_gives_the_same_people_whatever_the_time() -> None:
    assert loaded(300).query(ALL).records == loaded(300, now=1_900_000_000.0).query(ALL).records


def test_another_seed_gives_others() -> None:
    assert loaded(50).query(ALL).records != loaded(50, seed=1).query(ALL).records


def test_contacts_belong_to_accounts() -> None:
    records = loaded(41)
    groups = records.query(
        "SELECT Account.Name, COUNT(Id) n FROM Contact GROUP BY Account.Name ORDER BY COUNT(Id)"
    ).records
    assert [each["n"] for each in groups] == [1, 20, 20]
    assert all(each["Name"] for each in groups)


def test_loading_twice_adds_more() -> None:
    records = loaded(10)
    records.load_contacts(10)
    assert records.query("SELECT COUNT() FROM Contact").total_size == 20
    assert records.query("SELECT COUNT_DISTINCT(Id) n FROM Contact").records[0]["n"] == 20


def test_a_hundred_thousand_load_in_seconds() -> None:
    begin = time.perf_counter()
    records = loaded(100_000)
    assert time.perf_counter() - begin < 15  # about one second on an idle machine
    assert records.query("SELECT COUNT() FROM Contact").total_size == 100_000
