"""Writing: only what is allowed by name, only what a field can take."""

from __future__ import annotations

from datetime import date

import pytest

from orgkey_records import InvalidInput, NotAllowed, Records, Refused

WRITES = {
    "create": ("Contact", {"LastName": "Hara"}),
    "update": ("Contact", "003000000000001AAA", {"LastName": "Hara"}),
    "upsert": ("Contact", "External_Id__c", "A-1", {"LastName": "Hara"}),
    "delete": ("Contact", "003000000000001AAA"),
}


@pytest.mark.parametrize("operation", WRITES)
async def test_nothing_is_written_unless_allowed_by_name(session, org, operation):
    others = Records(session, allow=WRITES.keys() - {operation})
    before = len(org.log)
    for records in (Records(session), others):
        for face in (records, records.twin):
            with pytest.raises(NotAllowed, match=operation):
                await getattr(face, operation)(*WRITES[operation])
    with pytest.raises(NotAllowed):
        Records(session).raw("POST", "sobjects", "Contact", body={"LastName": "Hara"})
    assert len(org.log) == before


def test_an_operation_that_does_not_exist_cannot_be_allowed(session):
    with pytest.raises(InvalidInput, match="create, update, upsert, delete"):
        Records(session, allow={"destroy"})


@pytest.mark.parametrize("face", ["blocking", "asynchronous"])
async def test_a_record_lives_and_dies(records, face):
    async def do(operation, *args):
        if face == "blocking":
            return getattr(records, operation)(*args)
        return await getattr(records.twin, operation)(*args)

    made = (await do("create", "Contact", {"LastName": "Hara", "Birthdate": date(1990, 1, 2), "DoNotCall": True}))["id"]
    assert await do("update", "Contact", made, {"FirstName": "Ana", "Email": None}) == {"id": made}
    assert (await do("get", "Contact", made, ["Name", "Birthdate"])) == {"Name": "Ana Hara", "Birthdate": "1990-01-02"}
    key = "a/b c.d?#%"
    first = await do("upsert", "Contact", "External_Id__c", key, {"LastName": "Up"})
    again = await do("upsert", "Contact", "External_Id__c", key, {"LastName": "Down"})
    assert (first["created"], again["created"], first["id"]) == (True, False, again["id"])
    assert (await do("get", "Contact", first["id"], ["External_Id__c"])) == {"External_Id__c": key}
    assert await do("delete", "Contact", made) == {"id": made}
    with pytest.raises(Refused) as gone:
        await do("get", "Contact", made, ["Name"])
    assert gone.value.code == "NOT_FOUND"


@pytest.mark.parametrize(
    "values",
    [
        {},
        None,
        [("LastName", "x")],
        {"Last Name": "x"},
        {"LastName": ["x"]},
        {"LastName": {"deep": {"er": 1}}},
        {"LastName": object()},
        {"LastName": "\ud800"},
        {"LastName": b"x"},
        {5: "x"},
        {"Amount": float("nan")},
    ],
    ids=ascii,
)
async def test_what_no_field_takes_is_refused_before_it_is_sent(records, org, values):
    before = len(org.log)
    for attempt in (records.create, records.twin.create):
        with pytest.raises(InvalidInput):
            await attempt("Contact", values)
    assert len(org.log) == before


@pytest.mark.parametrize("key", ["", " ", None, "..", ".", ["a"], True])
def test_what_is_no_external_id_is_refused(records, org, key):
    before = len(org.log)
    with pytest.raises(InvalidInput):
        records.upsert("Contact", "External_Id__c", key, {"LastName": "x"})
    assert len(org.log) == before


def test_a_field_that_cannot_be_written_is_named(records):
    with pytest.raises(Refused, match="cannot be written by this user") as refused:
        records.create("Contact", {"LastName": "x", "CreatedDate": "2026-01-01T00:00:00Z"})
    assert refused.value.fields == ("CreatedDate",)


def test_a_field_that_is_not_there_comes_with_those_that_are(records):
    with pytest.raises(
        Refused, match=r"not visible to this user.*LastNam\b.*Perhaps .*LastName.* is meant.*Visible are"
    ):
        records.create("Contact", {"LastNam": "x"})
