"""Values never become a part of the statement."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orgkey_records import InvalidInput, Records, bind, literal
from orgkey_records.literals import escape_search


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("O'Hara", r"'O\'Hara'"),
        ("back\\slash", r"'back\\slash'"),
        ('a "quote"', r"'a \"quote\"'"),
        ("two\nlines", r"'two\nlines'"),
        (True, "true"),
        (None, "null"),
        (3, "3"),
        (2.5, "2.500000"),
        (Decimal("2.50"), "2.50"),
        (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "2026-01-02T03:04:05.000Z"),
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2))), "2026-01-02T01:04:05.000Z"),
        (["a", "b'"], r"('a','b\'')"),
    ],
    ids=repr,
)
def test_a_value_is_written_as_soql_does(value, written):
    assert literal(value) == written


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        [],
        {"a": 1},
        b"x",
        object(),
        datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None),
        "\0",
        "\ud800",
    ],
    ids=repr,
)
def test_a_value_without_a_literal_is_refused(value):
    with pytest.raises(InvalidInput):
        literal(value)


def test_names_in_quotes_and_times_are_left_alone():
    statement = (
        "SELECT Id FROM Contact WHERE Name = ':name' AND CreatedDate > 2026-01-01T10:15:00Z AND LastName = :name"
    )
    bound = bind(statement, {"name": "x"})
    assert bound == statement[: -len(":name")] + "'x'"


@pytest.mark.parametrize(("values", "named"), [({}, ":name"), ({"name": 1, "other": 2}, "other"), ("text", "mapping")])
def test_what_does_not_fit_the_query_is_refused(values, named):
    with pytest.raises(InvalidInput, match=named):
        bind("SELECT Id FROM Contact WHERE LastName = :name", values)


@settings(max_examples=60, deadline=None)
@given(text=st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), max_size=40))
def test_any_text_finds_the_record_that_has_it_and_no_other(shared_records: Records, text):
    found = shared_records.soql("SELECT Id FROM Contact WHERE LastName = :text OR LastName = 'Marker'", {"text": text})
    assert len(found.records) == 1


@settings(max_examples=30, deadline=None)
@given(text=st.text(st.sampled_from("ab'\"{}()&|*?~^[]!:+-\\ "), min_size=2, max_size=20))
def test_any_search_text_is_words_alone(shared_records: Records, text):
    if any(sum(map(str.isalnum, word)) >= 2 for word in text.split()):
        shared_records.search(text, {"Contact": ["Id"]})
    else:
        with pytest.raises(InvalidInput):
            shared_records.search(text, {"Contact": ["Id"]})


def test_operators_are_words_like_others(shared_records: Records):
    assert escape_search("NOT {a} (Marker) x") == r'"NOT" "\(Marker\)"'
    assert shared_records.search("Marker", {"Contact": ["Id"]}).total == 1
    assert shared_records.search("nobody OR Marker", {"Contact": ["Id"]}).total == 0
    assert shared_records.search("NOT Nobody", {"Contact": ["Id"]}).total == 0
