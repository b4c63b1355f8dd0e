from __future__ import annotations

import pytest

from orgkey_sim.clock import VirtualClock
from orgkey_sim.data import ApiError, Records


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(lambda: 1_800_000_000.0)


@pytest.fixture
def records(clock: VirtualClock) -> Records:
    records = Records(clock, "00D000000000001AAA")
    records.load_contacts(1050)
    return records


def test_pages_hold_every_record_once_and_in_order(records: Records) -> None:
    page = records.query("SELECT Id, LastName FROM Contact ORDER BY LastName DESC", batch=200)
    found, sizes = list(page.records), [len(page.records)]
    while page.locator:
        page = records.query_more(page.locator)
        assert page.total_size == 1050
        sizes.append(len(page.records))
        found += page.records
    assert page.done
    assert sizes == [200] * 5 + [50]
    assert len({each["Id"] for each in found}) == 1050
    assert [each["LastName"] for each in found] == sorted((each["LastName"] for each in found), reverse=True)


def test_a_page_may_be_asked_for_again(records: Records) -> None:
    locator = records.query("SELECT Id FROM Contact", batch=200).locator
    assert locator is not None
    assert records.query_more(locator) == records.query_more(locator)


def test_pages_are_a_snapshot_of_which_records_and_not_of_their_values(records: Records) -> None:
    page = records.query("SELECT Id, Title FROM Contact WHERE LastName != null", batch=1000)
    assert page.locator is not None
    last = records.query("SELECT Id FROM Contact ORDER BY Id DESC LIMIT 1").records[0]["Id"]
    records.update("Contact", last, {"Title": "Changed"})
    records.create("Contact", {"LastName": "Latecomer"})
    rest = records.query_more(page.locator)
    assert len(rest.records) == 50
    assert rest.records[-1]["Title"] == "Changed"


def test_a_record_gone_for_good_is_missing_from_its_page(records: Records) -> None:
    page = records.query("SELECT Id FROM Contact", batch=1000)
    assert page.locator is not None
    last = records.query("SELECT Id FROM Contact ORDER BY Id DESC LIMIT 1").records[0]["Id"]
    records.delete("Contact", last, hard=True)
    assert len(records.query_more(page.locator).records) == 49


def test_limit_and_offset_bound_the_pages(records: Records) -> None:
    page = records.query("SELECT Id FROM Contact LIMIT 500 OFFSET 100", batch=200)
    assert page.total_size == 500
    assert page.locator is not None
    assert records.query_more(page.locator).records[0] == records.query("SELECT Id FROM Contact OFFSET 300").records[0]


@pytest.mark.parametrize("locator", ["", "x", "01g000000000001AAA-200", "01g000000000001AAA", "'", "01g-" + "9" * 40])
def test_a_locator_nobody_gave_out(records: Records, locator: str) -> None:
    with pytest.raises(ApiError, match="INVALID_QUERY_LOCATOR: invalid query locator"):
        records.query_more(locator)


def test_a_locator_past_the_end(records: Records) -> None:
    locator = records.query("SELECT Id FROM Contact", batch=200).locator or ""
    with pytest.raises(ApiError, match="INVALID_QUERY_LOCATOR"):
        records.query_more(locator.partition("-")[0] + "-1050")


def test_a_cursor_lives_two_days(records: Records, clock: VirtualClock) -> None:
    locator = records.query("SELECT Id FROM Contact", batch=200).locator or ""
    clock.advance(2 * 24 * 3600)
    assert records.query_more(locator).records
    clock.advance(1)
    with pytest.raises(ApiError, match="INVALID_QUERY_LOCATOR"):
        records.query_more(locator)


def test_the_oldest_cursors_make_room(records: Records) -> None:
    locators = [records.query("SELECT Id FROM Contact", batch=200).locator or "" for _ in range(201)]
    assert records.query_more(locators[1]).records
    with pytest.raises(ApiError, match="INVALID_QUERY_LOCATOR"):
        records.query_more(locators[0])


def test_groups_beyond_a_page_are_refused(records: Records) -> None:
    with pytest.raises(ApiError, match="EXCEEDED_ID_LIMIT: Aggregate query does not support queryMore"):
        records.query("SELECT Email, COUNT(Id) FROM Contact GROUP BY Email", batch=200)


def test_a_date_literal_is_dated_when_the_query_runs(records: Records, clock: VirtualClock) -> None:
    records.create("Contact", {"LastName": "Today"})
    soql = "SELECT LastName FROM Contact WHERE CreatedDate = TODAY"
    assert records.query(soql).total_size == 1
    clock.advance(86_400)
    assert records.query(soql).total_size == 0


def test_deleted_records_are_seen_only_on_request(records: Records) -> None:
    record_id = records.create("Contact", {"LastName": "Gone"})
    records.delete("Contact", record_id)
    soql = "SELECT IsDeleted FROM Contact WHERE LastName = 'Gone'"
    assert records.query(soql).total_size == 0
    assert records.query(soql, include_deleted=True).records[0]["IsDeleted"] is True
    assert records.query(f"{soql} ALL ROWS").total_size == 1
