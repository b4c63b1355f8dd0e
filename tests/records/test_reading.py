"""Reading: paging, caps, what is said aloud, flat rows; the same for threads and for tasks."""

from __future__ import annotations

import pytest

from orgkey_records import Caps, InvalidInput, Records, RecordsError, Refused


async def both(records: Records, operation: str, *args, **kwargs):
    """What an operation gives either way, which must be the same."""
    blocking = getattr(records, operation)(*args, **kwargs)
    assert await getattr(records.twin, operation)(*args, **kwargs) == blocking
    return blocking


async def test_the_row_cap_holds_and_is_said_aloud(records):
    rows = await both(records, "soql", "SELECT Id FROM Contact")
    assert (len(rows.records), rows.total, rows.truncated) == (200, 450, True)
    assert rows.notice == "Showing 200 of 450 rows. Narrow the query, or count with COUNT()."
    assert next(iter(rows.as_dict())) == "notice"


async def test_fewer_rows_can_be_asked_for_and_never_more(records):
    assert len((await both(records, "soql", "SELECT Id FROM Contact", max_rows=3)).records) == 3
    assert len((await both(records, "soql", "SELECT Id FROM Contact", max_rows=10_000)).records) == 200
    for nonsense in (0, -1, "3", True, 2.5):
        with pytest.raises(InvalidInput):
            records.soql("SELECT Id FROM Contact", max_rows=nonsense)


async def test_all_rows_come_on_request(records):
    rows = await both(records, "query_all", "SELECT Id FROM Contact")
    assert (len({row["Id"] for row in rows.records}), rows.notice) == (450, "")


async def test_rows_under_the_cap_come_over_several_pages(session):
    records = Records(session, caps=Caps(rows=420))
    rows = await both(records, "soql", "SELECT Id FROM Contact")
    assert (len({row["Id"] for row in rows.records}), rows.notice[:19]) == (420, "Showing 420 of 450 ")


async def test_rows_come_flat(records):
    rows = await both(
        records, "soql", "SELECT Id, Account.Name, Account.Owner.Name FROM Contact WHERE AccountId != null LIMIT 1"
    )
    assert set(rows.records[0]) == {"Id", "Account.Name", "Account.Owner.Name"}
    rows = await both(records, "soql", "SELECT Name, (SELECT LastName FROM Contacts) FROM Account LIMIT 1")
    assert all(set(row) == {"LastName"} for row in rows.records[0]["Contacts"])
    assert "attributes" not in str(rows.records)


async def test_counting_needs_no_rows(records):
    assert (await both(records, "soql", "SELECT COUNT() FROM Contact")).as_dict() == {"total": 450, "records": []}


async def test_deleted_records_come_on_request(records):
    gone = records.soql("SELECT Id FROM Contact LIMIT 1").records[0]["Id"]
    records.delete("Contact", gone)
    assert (await both(records, "soql", "SELECT COUNT() FROM Contact", include_deleted=True)).total == 450
    assert (await both(records, "soql", "SELECT COUNT() FROM Contact")).total == 449


async def test_a_text_is_cut_and_can_be_read_on(session):
    records = Records(session, allow={"create"}, caps=Caps(text=100))
    text = "".join(f"{number:04}" for number in range(65))
    made = records.create("Contact", {"LastName": "Long", "Description": text})["id"]
    rows = await both(records, "soql", f"SELECT Description FROM Contact WHERE Id = '{made}'")
    assert rows.records[0]["Description"] == text[:100]
    assert rows.notice == "Cut after 100 characters: Description. long_text reads on."
    assert records.get("Contact", made, ["Description"])["notice"] == rows.notice
    parts, start = "", 0
    while start < len(text):
        part = await both(records, "long_text", "Contact", made, "Description", start=start)
        parts, start = parts + part["text"], part["end"]
    assert parts == text
    assert (await both(records, "long_text", "Contact", made, "Description", start=5_000))["text"] == ""


async def test_one_record_comes_with_what_cannot_be_seen_apart(records):
    found = records.soql("SELECT Id, Name FROM Contact LIMIT 1").records[0]
    record = await both(records, "get", "Contact", found["Id"], ["Name", "Account.Name", "Salary__c"])
    assert record["Name"] == found["Name"]
    assert record["not_visible_to_this_user"] == ["Salary__c"]
    assert len(await both(records, "get", "Contact", found["Id"])) > 20
    with pytest.raises(InvalidInput, match=r"Salary__c.*Visible are: Id"):
        records.get("Contact", found["Id"], ["Salary__c"])


async def test_a_text_is_found(records):
    records.create("Contact", {"LastName": "Quixote-Unmistakable"})
    rows = await both(records, "search", "Unmistakable", {"Contact": ["Id", "LastName"]})
    assert [(row["type"], row["LastName"]) for row in rows.records] == [("Contact", "Quixote-Unmistakable")]
    rows = await both(records, "sosl", "FIND {Unmistakable} RETURNING Contact(LastName)")
    assert rows.records[0]["LastName"] == "Quixote-Unmistakable"


async def test_objects_are_listed_and_described_slim(records):
    names = [each["name"] for each in await both(records, "list_objects", "cont")]
    assert "Contact" in names
    assert "Account" not in names
    description = await both(records, "describe", "contact")
    fields = {each["name"]: each for each in description["fields"]}
    assert fields["LastName"]["required"] is True
    assert fields["AccountId"]["refers_to"] == ["Account"]
    assert "Web" in fields["LeadSource"]["values"]
    assert fields["CreatedDate"]["read_only"] is True
    raw = records.raw("GET", "sobjects", "Contact", "describe").body
    assert len(str(description)) < len(raw) / 4


async def test_pages_bring_everything_without_a_cap(records):
    assert sum(len(page) for page in records.pages("SELECT Id FROM Contact", page_rows=200)) == 450
    assert sum([len(page) async for page in records.twin.pages("SELECT Id FROM Contact", page_rows=200)]) == 450


async def test_pages_may_be_left_in_the_middle(records):
    assert len(next(iter(records.pages("SELECT Id FROM Contact", page_rows=200)))) == 200
    async for page in records.twin.pages("SELECT Id FROM Contact", page_rows=200):
        assert len(page) == 200
        break


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM Contact",
        "",
        "  ",
        "SELECT" + " " * 3,
        "SELECT Id FROM Contact WHERE Name = '" + "x" * 1_000_000 + "'",
        "SELECT Id FROM Contact\0",
        "\ud800",
        None,
        5,
        ["SELECT Id FROM Contact"],
    ],
    ids=lambda text: ascii(text)[:30],
)
async def test_what_is_no_query_is_refused(records, org, statement):
    before = len(org.log)
    for attempt in (records.soql, records.twin.soql):
        with pytest.raises(RecordsError) as refused:
            await attempt(statement)
        assert isinstance(refused.value, InvalidInput | Refused)
        assert len(str(refused.value)) < 1_000
    if statement != "SELECT   ":
        assert len(org.log) == before
