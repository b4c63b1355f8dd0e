from __future__ import annotations

import pytest

from orgkey_sim.clock import VirtualClock
from orgkey_sim.data import ApiError, Field, Records, SObject


@pytest.fixture
def records() -> Records:
    return Records(VirtualClock(), "00D000000000001AAA")


def test_the_global_describe_lists_all_objects(records: Records) -> None:
    listed = records.describe_global("60.0")
    names = [each["name"] for each in listed]
    assert names == sorted(names)
    assert {"Account", "Contact", "Lead", "Opportunity", "Case", "Task", "User", "Organization"} <= set(names)
    contact = listed[names.index("Contact")]
    assert contact["urls"]["describe"] == "/services/data/v60.0/sobjects/Contact/describe"
    assert (contact["keyPrefix"], contact["labelPlural"], contact["createable"]) == ("003", "Contacts", True)


def test_a_describe_has_fields_and_relationships(records: Records) -> None:
    described = records.describe("contact")
    fields = {each["name"]: each for each in described["fields"]}
    assert described["name"] == "Contact"
    assert fields["Name"]["nameField"]
    assert not fields["Name"]["createable"]
    assert not fields["LastName"]["nillable"]
    assert fields["AccountId"]["referenceTo"] == ["Account"]
    assert fields["AccountId"]["relationshipName"] == "Account"
    assert next(each["value"] for each in fields["Salutation"]["picklistValues"]) == "Mr."
    assert fields["External_Id__c"]["externalId"]
    assert not fields["Description"]["filterable"]
    account = records.describe("Account")
    assert {"Contacts", "Opportunities"} <= {each["relationshipName"] for each in account["childRelationships"]}


def test_every_field_described_as_filterable_can_be_filtered(records: Records) -> None:
    for summary in records.describe_global():
        for field in records.describe(summary["name"])["fields"]:
            soql = f"SELECT Id FROM {summary['name']} WHERE {field['name']} = null"
            if field["filterable"]:
                records.query(soql)
            else:
                with pytest.raises(ApiError, match="can not be filtered"):
                    records.query(soql)


def test_an_object_of_ones_own(records: Records) -> None:
    boat = SObject.of(
        "Boat__c",
        "a00",
        [
            Field("Name", required=True),
            Field("Captain__c", "reference", reference_to=("Contact",), child_relationship="Boats__r"),
        ],
    )
    records.add_object(boat)
    captain = records.create("Contact", {"LastName": "Ahab"})
    boat_id = records.create("Boat__c", {"Name": "Pequod", "Captain__c": captain})
    assert boat_id.startswith("a00")
    assert records.query("SELECT Captain__r.LastName FROM Boat__c").records[0]["Captain__r"]["LastName"] == "Ahab"
    crew = records.query("SELECT (SELECT Name FROM Boats__r) FROM Contact").records[0]["Boats__r"]
    assert crew["records"][0]["Name"] == "Pequod"
    assert records.describe("Boat__c")["custom"]
    assert records.describe("Boat__c")["labelPlural"] == "Boats"
