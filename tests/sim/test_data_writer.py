# ruff: noqa: PT017 - any text may be refused, but not every text is
from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orgkey_sim.clock import VirtualClock
from orgkey_sim.data import ApiError, Field, Records
from orgkey_sim.data.writer import ManyMatchesError

USER = "005000000000001AAA"
OTHER = "005000000000002AAA"


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(lambda: 1_800_000_000.0)


@pytest.fixture
def records(clock: VirtualClock) -> Records:
    records = Records(clock, "00D000000000001AAA")
    records.put_user(USER, "ada@acme.example")
    records.put_user(OTHER, "bob@acme.example")
    return records


def test_a_new_record_has_its_stamps_and_defaults(records: Records) -> None:
    record = records.get("Contact", records.create("Contact", {"lastname": "Ono", "FirstName": "Yui"}, USER))
    assert record["Name"] == "Yui Ono"
    assert record["OwnerId"] == record["CreatedById"] == record["LastModifiedById"] == USER
    assert record["CreatedDate"] == record["SystemModstamp"] == "2027-01-15T08:00:00.000+0000"
    assert (record["IsDeleted"], record["DoNotCall"], record["Email"]) == (False, False, None)
    assert (
        records.get("Lead", records.create("Lead", {"LastName": "L", "Company": "C"}))["Status"]
        == "Open - Not Contacted"
    )


def test_an_update_changes_what_it_names_and_the_stamps(records: Records, clock: VirtualClock) -> None:
    record_id = records.create("Contact", {"LastName": "Ono", "Title": "CTO"}, USER)
    clock.advance(60)
    records.update("Contact", record_id[:15], {"LastName": "Oda", "Title": None}, OTHER)
    record = records.get("Contact", record_id)
    assert (record["LastName"], record["Title"], record["CreatedById"]) == ("Oda", None, USER)
    assert (record["LastModifiedById"], record["LastModifiedDate"]) == (OTHER, "2027-01-15T08:01:00.000+0000")


@pytest.mark.parametrize(
    ("values", "code", "message", "field"),
    [
        ({}, "REQUIRED_FIELD_MISSING", "Required fields are missing: [LastName]", "LastName"),
        ({"LastName": " "}, "REQUIRED_FIELD_MISSING", "Required fields are missing: [LastName]", "LastName"),
        ({"Foo": 1}, "INVALID_FIELD", "No such column 'Foo' on sobject of type Contact", None),
        ({"Name": "x"}, "INVALID_FIELD_FOR_INSERT_UPDATE", "Unable to create/update fields: Name.", "Name"),
        ({"LastName": "x" * 81}, "STRING_TOO_LONG", "Last Name: data value too large: xxx", "LastName"),
        ({"Email": "nobody"}, "INVALID_EMAIL_ADDRESS", "Email: invalid email address: nobody", "Email"),
        ({"AccountId": "x"}, "MALFORMED_ID", "Account Id: id value of incorrect type: x", "AccountId"),
        ({"AccountId": 5}, "MALFORMED_ID", "Account Id: id value of incorrect type: 5", "AccountId"),
        ({"AccountId": "zzz000000000001"}, "MALFORMED_ID", "Account Id: id value of incorrect type", "AccountId"),
        ({"AccountId": USER}, "FIELD_INTEGRITY_EXCEPTION", "Account Id: id value of incorrect type", "AccountId"),
        ({"AccountId": "001000000000001"}, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", "AccountId"),
        ({"Birthdate": "soon"}, "JSON_PARSER_ERROR", "Cannot deserialize instance of date from VALUE_STRING", None),
        ({"DoNotCall": "maybe"}, "JSON_PARSER_ERROR", "Cannot deserialize instance of boolean from VALUE_STR", None),
        ({"DoNotCall": 1.0}, "JSON_PARSER_ERROR", "Cannot deserialize instance of boolean from VALUE_NUMBER", None),
        ({"LastName": {}}, "JSON_PARSER_ERROR", "Cannot deserialize instance of string from START_OBJECT", None),
        ({"LastName": []}, "JSON_PARSER_ERROR", "Cannot deserialize instance of string from START_ARRAY", None),
    ],
)
def test_what_is_not_saved(
    records: Records, values: dict[str, Any], code: str, message: str, field: str | None
) -> None:
    with pytest.raises(ApiError) as refused:
        records.create("Contact", values)
    assert (refused.value.status, refused.value.error_code) == (400, code)
    assert refused.value.fields == (None if field is None else (field,))
    assert refused.value.message.startswith(message)
    assert records.query("SELECT COUNT() FROM Contact").total_size == 0


@pytest.mark.parametrize("value", ["many", 2**31, 1.5, True, "NaN", "1e999", 10**400])
def test_what_is_no_int(records: Records, value: object) -> None:
    with pytest.raises(ApiError, match=r"JSON_PARSER_ERROR|NUMBER_OUTSIDE_VALID_RANGE"):
        records.create("Account", {"Name": "x", "NumberOfEmployees": value})


def test_values_are_coerced_as_salesforce_does(records: Records) -> None:
    values = {"Name": 5, "NumberOfEmployees": "7", "AnnualRevenue": 3}
    account = records.get("Account", records.create("Account", values))
    assert (account["Name"], account["NumberOfEmployees"], account["AnnualRevenue"]) == ("5", 7, 3.0)
    event = records.create("Event", {"StartDateTime": "2027-01-01T10:00:00+02:00"})
    assert records.get("Event", event)["StartDateTime"] == "2027-01-01T08:00:00.000+0000"


def test_a_restricted_picklist(records: Records) -> None:
    records.add_field("Contact", Field("Size__c", "picklist", picklist=("S", "L"), restricted=True))
    with pytest.raises(ApiError, match=r"INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST: Size: bad value .* field: M"):
        records.create("Contact", {"LastName": "x", "Size__c": "M"})


def test_a_required_field_cannot_be_emptied(records: Records) -> None:
    record_id = records.create("Contact", {"LastName": "x"})
    with pytest.raises(ApiError, match="REQUIRED_FIELD_MISSING"):
        records.update("Contact", record_id, {"LastName": ""})


def test_a_parent_named_by_its_external_id(records: Records) -> None:
    account = records.create("Account", {"Name": "Acme", "External_Id__c": "A-1"})
    contact = records.create("Contact", {"LastName": "x", "Account": {"External_Id__c": "A-1"}})
    assert records.get("Contact", contact)["AccountId"] == account
    with pytest.raises(
        ApiError, match="Foreign key external ID: b-9 not found for field External_Id__c in entity Account"
    ):
        records.update("Contact", contact, {"Account": {"External_Id__c": "B-9"}})


def test_deleting(records: Records) -> None:
    record_id = records.create("Contact", {"LastName": "x"})
    records.delete("Contact", record_id)
    for again in (partial(records.delete, "Contact", record_id), partial(records.update, "Contact", record_id, {})):
        with pytest.raises(ApiError) as refused:
            again()
        assert (refused.value.status, refused.value.error_code) == (404, "ENTITY_IS_DELETED")
    with pytest.raises(ApiError, match="NOT_FOUND: The requested resource does not exist"):
        records.get("Contact", record_id)


def test_a_record_that_never_was(records: Records) -> None:
    nobody = "003000000000009"
    for method in (partial(records.delete, "Contact", nobody), partial(records.update, "Contact", nobody, {})):
        with pytest.raises(ApiError) as refused:
            method()
        assert (refused.value.status, refused.value.error_code) == (404, "INVALID_CROSS_REFERENCE_KEY")
    with pytest.raises(ApiError, match="MALFORMED_ID: Contact ID: id value of incorrect type: 001000000000009"):
        records.delete("Contact", "001000000000009")


def test_upsert_creates_and_then_updates(records: Records) -> None:
    first = records.upsert("Contact", "external_id__c", "E-1", {"LastName": "x"})
    second = records.upsert("Contact", "External_Id__c", "e-1", {"Title": "CTO"})
    assert (first[1], second) == (True, (first[0], False))
    assert records.get("Contact", "E-1", ("Title",), key="External_Id__c")["Title"] == "CTO"


def test_upsert_finds_no_deleted_record(records: Records) -> None:
    first, _ = records.upsert("Contact", "External_Id__c", "E-1", {"LastName": "x"})
    records.delete("Contact", first)
    assert records.upsert("Contact", "External_Id__c", "E-1", {"LastName": "x"})[1]


def test_upsert_by_id(records: Records) -> None:
    record_id = records.create("Contact", {"LastName": "x"})
    assert records.upsert("Contact", "Id", record_id, {"Title": "CTO"}) == (record_id, False)
    with pytest.raises(ApiError, match="INVALID_CROSS_REFERENCE_KEY"):
        records.upsert("Contact", "Id", "003000000000009", {"Title": "CTO"})


def test_upsert_refuses_an_ambiguous_key_and_a_key_that_is_none(records: Records) -> None:
    twins = [records.create("Contact", {"LastName": "x", "External_Id__c": "T"}) for _ in range(2)]
    with pytest.raises(ManyMatchesError) as many:
        records.upsert("Contact", "External_Id__c", "T", {})
    assert many.value.ids == twins
    with pytest.raises(
        ApiError, match="NOT_FOUND: Provided external ID field does not exist or is not accessible: Email"
    ):
        records.upsert("Contact", "Email", "x", {})
    with pytest.raises(ApiError, match="The External_Id__c field should not be specified in the sobject data"):
        records.upsert("Contact", "External_Id__c", "U", {"External_Id__c": "U"})


def test_a_unique_field(records: Records) -> None:
    records.add_field("Contact", Field("Badge__c", external_id=True, unique=True))
    first = records.create("Contact", {"LastName": "x", "Badge__c": "7"})
    records.update("Contact", first, {"Badge__c": "7"})
    with pytest.raises(ApiError, match=f"DUPLICATE_VALUE: .*Badge__c duplicates value on record with id: {first}"):
        records.create("Contact", {"LastName": "y", "Badge__c": "7"})


def test_a_field_added_to_a_table_in_use(records: Records) -> None:
    old = records.create("Contact", {"LastName": "old"})
    records.add_field("Contact", Field("Score__c", "double"))
    records.update("Contact", old, {"Score__c": 1.5})
    assert records.get("Contact", old)["Score__c"] == 1.5
    assert records.query("SELECT COUNT() FROM Contact WHERE Score__c > 1").total_size == 1
    assert "Score__c" not in str(Records(VirtualClock(), "00D000000000002AAA").describe("Contact"))


def test_read_only_objects(records: Records) -> None:
    with pytest.raises(ApiError, match="CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"):
        records.create("Organization", {"Name": "x"})


def test_computed_fields(records: Records) -> None:
    values = {"Name": "x", "StageName": "Closed Won", "CloseDate": "2027-01-01"}
    deal = records.get("Opportunity", records.create("Opportunity", values))
    assert (deal["IsWon"], deal["IsClosed"]) == (True, True)
    assert records.get("Case", records.create("Case", {}))["CaseNumber"] == "00001001"


def test_a_file_gets_a_document(records: Records) -> None:
    account = records.create("Account", {"Name": "Acme"})
    values = {"PathOnClient": "dir/plan.TXT", "VersionData": "aGVsbG8=", "FirstPublishLocationId": account}
    version = records.get("ContentVersion", records.create("ContentVersion", values, USER))
    assert (version["Title"], version["FileExtension"], version["ContentSize"]) == ("plan", "txt", 5)
    assert version["VersionData"].endswith(f"/ContentVersion/{version['Id']}/VersionData")
    assert records.file("ContentVersion", version["Id"], "VersionData") == b"hello"
    document = records.get("ContentDocument", version["ContentDocumentId"])
    assert document["LatestPublishedVersionId"] == version["Id"]
    link = records.query("SELECT LinkedEntityId, ContentDocumentId FROM ContentDocumentLink").records[0]
    assert (link["LinkedEntityId"], link["ContentDocumentId"]) == (account, document["Id"])
    newer = {"PathOnClient": "b.md", "VersionData": "", "ContentDocumentId": document["Id"]}
    newer_id = records.create("ContentVersion", newer, USER)
    assert records.get("ContentDocument", document["Id"])["LatestPublishedVersionId"] == newer_id


def test_what_fails_half_way_leaves_nothing(records: Records) -> None:
    def fail_half_way() -> None:
        with records.atomic():
            records.create("Contact", {"LastName": "x"})
            with records.atomic() as step:
                records.create("Contact", {"LastName": "y"})
                step.undo()
            assert records.query("SELECT COUNT() FROM Contact").total_size == 1
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert records.query("SELECT COUNT() FROM Contact").total_size == 0


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(
            ["LastName", "Email", "Birthdate", "DoNotCall", "AccountId", "Account", "CreatedDate", "\ud800"]
        ),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("\ud800") | st.just({"Id": "x"}),
    )
)
def test_any_values_are_saved_or_refused_in_words(values: dict[str, Any]) -> None:
    records = Records(VirtualClock(lambda: 1_800_000_000.0), "00D000000000001AAA")
    try:
        records.create("Contact", values)
    except ApiError as error:
        assert error.error_code.isupper()
