# ruff: noqa: PT017 - any text may be refused, but not every text is
from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orgkey_sim.clock import VirtualClock
from orgkey_sim.data import ApiError, Records


@pytest.fixture(scope="module")
def records() -> Records:
    records = Records(VirtualClock(lambda: 1_800_000_000.0), "00D000000000001AAA")
    acme = records.create("Account", {"Name": "Waldo Works", "Phone": "555-0100"})
    records.create("Contact", {"LastName": "Waldo", "FirstName": "Wim", "Email": "wim@acme.example", "AccountId": acme})
    records.create("Contact", {"LastName": "Waldorf", "Title": "Statler"})
    records.create("Contact", {"LastName": "O'Hara", "Title": "100% {x}"})
    return records


@pytest.mark.parametrize(
    ("sosl", "found"),
    [
        ("FIND {Waldo}", ["Account", "Contact", "Contact"]),
        ("find {waldo} in all fields returning contact", ["Contact", "Contact"]),
        ("FIND {Waldo Wim} RETURNING Contact", ["Contact"]),
        ("FIND {Wim OR Statler} RETURNING Contact", ["Contact", "Contact"]),
        ("FIND {Waldo AND NOT Statler} RETURNING Contact", ["Contact"]),
        ('FIND {"Wim Waldo"} RETURNING Contact, Account', ["Contact"]),
        ("FIND {W?ldo} IN NAME FIELDS RETURNING Account", ["Account"]),
        ("FIND {Statler} IN NAME FIELDS RETURNING Contact", []),
        ("FIND {acme*} IN EMAIL FIELDS RETURNING Contact", ["Contact"]),
        ("FIND {555\\-0100} IN PHONE FIELDS", ["Account"]),
        ("FIND {100% \\{x\\}} RETURNING Contact", ["Contact"]),
        ("FIND {Waldo} RETURNING Contact(Id WHERE Title = null)", ["Contact"]),
        ("FIND {Waldo} RETURNING Account(Id), Contact(Id LIMIT 1)", ["Account", "Contact"]),
        ("FIND {Waldo} RETURNING Contact LIMIT 1", ["Contact"]),
        ("FIND {nobody}", []),
    ],
)
def test_a_search_finds(records: Records, sosl: str, found: list[str]) -> None:
    assert [each["attributes"]["type"] for each in records.search(sosl)] == found


def test_a_search_returns_what_it_names(records: Records) -> None:
    sosl = "FIND {Waldo} RETURNING Contact(LastName, Account.Name ORDER BY LastName DESC)"
    first, second = records.search(sosl)
    assert (first["LastName"], first["Account"]) == ("Waldorf", None)
    assert second["Account"]["Name"] == "Waldo Works"
    assert "Id" not in second


@pytest.mark.parametrize(
    ("sosl", "code", "message"),
    [
        ("FIND {W}", "MALFORMED_SEARCH", "search term must be longer than one character"),
        ("FIND {}", "MALFORMED_SEARCH", "search term must be longer than one character"),
        ("FIND Waldo", "MALFORMED_SEARCH", "ERROR at Row:1:Column:6"),
        ("FIND {Waldo", "MALFORMED_SEARCH", "ERROR at Row:1:Column:6"),
        ("FIND {Waldo} RETURNING Nope", "INVALID_TYPE", "sObject type 'Nope' is not supported"),
        ("FIND {Waldo} RETURNING Contact(Nope)", "INVALID_FIELD", "No such column 'Nope' on entity 'Contact'"),
    ],
)
def test_a_search_is_refused(records: Records, sosl: str, code: str, message: str) -> None:
    with pytest.raises(ApiError, match=code) as refused:
        records.search(sosl)
    assert message in refused.value.message


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60).map(lambda term: f"FIND {{{term}}} RETURNING Contact(Id)") | st.text(max_size=60))
def test_any_search_is_answered_or_refused_in_words(records: Records, sosl: str) -> None:
    try:
        records.search(sosl)
    except ApiError as error:
        assert error.error_code.isupper()
