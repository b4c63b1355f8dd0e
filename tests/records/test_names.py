"""What can be a name or an id, and what only looks like one."""

from __future__ import annotations

import pytest

from orgkey_records import InvalidInput, check_field, check_id, check_object, is_name


@pytest.mark.parametrize(
    "name", ["Account", "Invoice__c", "acme__Invoice__c", "Setting__mdt", "Case__kav", "A1_b__c", "Event__e"]
)
def test_api_names_pass(name):
    assert check_object(name) == name
    assert is_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "__class__",
        "_private",
        "1st",
        "a b",
        "a;b",
        "Account'",
        "Account/describe",
        "../limits",
        "\u0410ccount",
        "\uff21ccount",
        "x" * 101,
        "a__b__c__d",
        "Name\n",
        None,
        3,
        ["a"],
        {"a": 1},
    ],
    ids=ascii,
)
def test_other_texts_do_not(name):
    with pytest.raises(InvalidInput):
        check_object(name)
    with pytest.raises(InvalidInput):
        check_field(name)


def test_a_parents_field_is_one_only_where_paths_are_asked_for():
    assert check_field("Account.Owner.Name", path=True) == "Account.Owner.Name"
    with pytest.raises(InvalidInput):
        check_field("Account.Name")
    with pytest.raises(InvalidInput):
        check_field("Account..Name", path=True)


def test_ids_have_a_length_and_a_checksum(shared_records):
    genuine = shared_records.soql("SELECT Id FROM Contact LIMIT 1").records[0]["Id"]
    assert check_id(genuine) == genuine
    assert check_id(genuine[:15]) == genuine[:15]
    swapped = genuine[:15] + ("AAA" if genuine[15:] != "AAA" else "AAB")
    with pytest.raises(InvalidInput, match="last three"):
        check_id(swapped)


@pytest.mark.parametrize("text", ["", "003", "003000000000001A", "a@b.example", "003000000000001' OR", None, 5])
def test_other_texts_are_no_ids(text):
    with pytest.raises(InvalidInput):
        check_id(text)
