"""Records as documents, and from where the last run came to."""

from __future__ import annotations

import asyncio
import json
import os

import pytest
from fake_clock import FakeClock

from orgkey_records import Extract, InvalidInput, RecordsError, Watermark

CONTACTS = Extract("Contact", ["Name", "Email"], ["Account.Name", "Title"])


async def collect(items):
    return [item async for item in items]


def ids(items):
    return [item.id for item in items]


async def test_records_become_documents_either_way(records):
    items = list(CONTACTS.run(records))
    assert sorted(await collect(CONTACTS.arun(records.twin))) == sorted(items)
    assert len(set(ids(items))) == 450
    first = records.get("Contact", items[0].id, ["Name", "Email", "Account.Name", "Title", "SystemModstamp"])
    assert items[0].text == f"Name: {first['Name']}\nEmail: {first['Email']}"
    assert items[0].metadata == {
        "Id": items[0].id,
        "object": "Contact",
        "url": f"{records.session.instance_url}/{items[0].id}",
        "SystemModstamp": first["SystemModstamp"],
        "Account.Name": first["Account.Name"],
        "Title": first["Title"],
    }


def test_without_a_choice_the_long_texts_are_the_content(records):
    records.create("Contact", {"LastName": "Hara", "Description": "A long story"})
    texts = [item.text for item in Extract("Contact", where="LastName = :name", values={"name": "Hara"}).run(records)]
    assert texts == ["A long story"]


def test_a_condition_with_values_limits_it(records):
    records.create("Contact", {"LastName": "O'Hara"})
    extract = Extract("Contact", ["LastName"], where="LastName = :a OR LastName = :b", values={"a": "O'Hara", "b": "'"})
    assert [item.text for item in extract.run(records)] == ["O'Hara"]


@pytest.mark.parametrize("way", ["blocking", "asynchronous"])
def test_only_what_is_new_comes_again_after_a_restart(records, tmp_path, way):
    def run():
        watermark = Watermark(tmp_path / "state.json")  # anew, as after a restart
        if way == "blocking":
            return ids(CONTACTS.run(records, watermark))
        return ids(asyncio.run(collect(CONTACTS.arun(records.twin, watermark))))

    everything = run()
    assert len(set(everything)) == 450
    assert run() == []
    made = [records.create("Contact", {"LastName": f"New {number}"})["id"] for number in range(3)]
    records.update("Contact", everything[7], {"Title": "Changed"})
    assert sorted(run()) == sorted([*made, everything[7]])
    assert run() == []


def test_what_has_the_very_stamp_of_the_mark_is_not_lost(records, world):
    watermark = Watermark()
    world.clock.advance(0)
    first = records.create("Contact", {"LastName": "First"})["id"]
    extract = Extract("Contact", ["LastName"], where="LastName IN ('First', 'Second')")
    assert ids(extract.run(records, watermark)) == [first]
    stamp = watermark.state["extracts"][extract.key]["since"]
    watermark.advance(extract.key, [(first, stamp)])
    assert watermark.is_new(extract.key, "003000000000009AAA", stamp)
    assert not watermark.is_new(extract.key, first, stamp)


def test_a_run_that_dies_in_the_middle_loses_nothing(records, tmp_path):
    path = tmp_path / "state.json"
    many = Extract("Contact", ["Name"])
    running = many.run(records, Watermark(path))
    taken = [next(running).id for _ in range(10)]
    running.close()
    assert not path.exists()  # the page was not finished
    again = ids(many.run(records, Watermark(path)))
    assert set(taken) <= set(again)
    assert len(again) == 450


def test_a_run_goes_on_within_one_stamp_without_remembering_every_record(records):
    watermark = Watermark()
    list(CONTACTS.run(records, watermark))
    mark = watermark.state["extracts"][CONTACTS.key]
    assert mark["seen"] == []  # the local org made all of them at one moment, long ago
    newest = max((item.metadata["SystemModstamp"], item.id) for item in CONTACTS.run(records))
    assert (mark["since"], mark["last"]) == newest


def test_an_overlap_reads_again(records):
    watermark = Watermark(overlap=3600)
    extract = Extract("Contact", ["LastName"], where="LastName = 'Late'")
    made = records.create("Contact", {"LastName": "Late"})["id"]
    other = records.create("Contact", {"LastName": "Late"})["id"]
    assert sorted(ids(extract.run(records, watermark))) == sorted([made, other])
    assert ids(extract.run(records, watermark))  # at least what has another stamp than the last


def test_extracts_do_not_share_a_mark(records, tmp_path):
    watermark = Watermark(tmp_path / "state.json")
    list(Extract("Contact", ["Name"], where="LastName != 'x'").run(records, watermark))
    assert len(list(Extract("Contact", ["Name"], where="LastName != 'y'").run(records, watermark))) == 450
    assert len(json.loads((tmp_path / "state.json").read_text())["extracts"]) == 2


def test_a_state_can_be_kept_elsewhere(records):
    watermark = Watermark()
    list(CONTACTS.run(records, watermark))
    carried = json.loads(json.dumps(watermark.state))
    assert list(CONTACTS.run(records, Watermark(state=carried))) == []


def test_deleted_records_come_with_a_word_on_it(records):
    gone = records.soql("SELECT Id FROM Contact LIMIT 1").records[0]["Id"]
    records.delete("Contact", gone)
    deleted = [
        item.id
        for item in Extract("Contact", ["Name"], include_deleted=True).run(records)
        if item.metadata["IsDeleted"]
    ]
    assert deleted == [gone]


def test_a_watermark_that_cannot_be_written_is_told_before_anything_is_read(tmp_path):
    with pytest.raises(InvalidInput, match=r"is a folder\. Name a file in it"):
        Watermark(tmp_path)
    with pytest.raises(InvalidInput, match=r"there is no folder .*/nope\. Make it first"):
        Watermark(tmp_path / "nope" / "state.json")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_watermark_in_somebody_elses_folder_is_told_before_anything_is_read(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(InvalidInput, match="this user may not write into"):
        Watermark(tmp_path / "state.json")


def test_a_watermark_that_cannot_be_written_any_more_names_its_file(records, tmp_path):
    path = tmp_path / "here" / "state.json"
    path.parent.mkdir()
    watermark = Watermark(path)
    path.parent.rmdir()
    with pytest.raises(RecordsError, match=r"state\.json cannot be written: No such file"):
        list(CONTACTS.run(records, watermark))


@pytest.mark.parametrize(
    "text", ["{}", "[]", "nonsense", '{"format": 9, "extracts": {}}', '{"format": 1, "extracts": {"a": 5}}']
)
def test_a_file_that_is_no_watermark_is_refused(tmp_path, text):
    path = tmp_path / "state.json"
    path.write_text(text)
    with pytest.raises(InvalidInput):
        Watermark(path)


@pytest.mark.parametrize(
    "settings",
    [
        {"object_name": "Con tact"},
        {"content": ["a b"]},
        {"content": "Name"},
        {"metadata": ["x;"]},
        {"where": "A = :a", "values": {}},
    ],
    ids=str,
)
def test_settings_are_checked(settings):
    with pytest.raises(InvalidInput):
        Extract(**{"object_name": "Contact", "content": ["Name"], **settings})


def test_an_object_without_long_texts_needs_a_choice(records):
    with pytest.raises(InvalidInput, match="content="):
        list(Extract("User").run(records))


def test_a_stamp_is_only_past_when_the_run_began_long_after_it():
    clock = FakeClock()
    watermark = Watermark(clock=clock)
    watermark.condition("key")
    clock.advance(3600)  # the run takes long; what it read is as old as its beginning
    watermark.advance("key", [("003000000000001AAA", "2027-01-15T07:59:59.000+0000")])
    assert watermark.state["extracts"]["key"]["seen"] == ["003000000000001AAA"]
