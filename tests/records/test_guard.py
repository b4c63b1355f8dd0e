"""The allow-list of objects holds wherever a statement can name one."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orgkey_records import InvalidInput, NotAllowed, Records, RecordsError
from orgkey_records.reach import objects_searched, read_select

WITHIN = [
    "SELECT Id FROM Contact",
    "select id from contact c where c.LastName = 'x' order by c.LastName limit 1",
    "SELECT Id, Account.Name, Account.Parent.Name FROM Contact LIMIT 1",
    "SELECT Id, (SELECT Id, LastName FROM Contacts WHERE LastName LIKE 'a%') FROM Account LIMIT 1",
    "SELECT Id FROM Contact WHERE AccountId IN (SELECT Id FROM Account WHERE Name = 'FROM Case')",
    "SELECT COUNT(Id) n, AccountId FROM Contact GROUP BY AccountId LIMIT 1",
    r"SELECT Id FROM Contact WHERE LastName = 'it\'s) FROM Case' LIMIT 1",
    "SELECT Contact.LastName FROM Contact WHERE CreatedDate > 2020-01-01T00:00:00.000Z LIMIT 1",
]
OUTSIDE = [
    ("SELECT Id FROM Case", "Case"),
    ("SELECT Id, Owner.Name FROM Contact", "User"),
    ("SELECT Id FROM Contact ORDER BY Owner.Name", "User"),
    ("SELECT Id FROM Contact WHERE Account.Owner.Name = 'x'", "User"),
    ("SELECT c.Owner.Name FROM Contact c", "User"),
    ("SELECT Contact.Account.Owner.Name FROM Contact", "User"),
    ("SELECT Id, (SELECT Id FROM Cases) FROM Account", "Case"),
    ("SELECT Id, (SELECT Owner.Name FROM Contacts) FROM Account", "User"),
    ("SELECT Id FROM Contact WHERE AccountId IN (SELECT AccountId FROM Case)", "Case"),
    ("SELECT Id FROM Contact WHERE Id IN\n(\tSELECT ContactId FROM Case WHERE Subject = ')')", "Case"),
]
UNSURE = [
    "SELECT Id FROM Contact c, c.Account a WHERE a.Name = 'x'",
    "SELECT TYPEOF Owner WHEN User THEN Name END FROM Contact",
    "SELECT Id FROM Contact WHERE LastName = 'open",
    "SELECT Id FROM Contact)",
    "SELECT (Id FROM Contact",
    "SELECT Id",
    "SELECT Id FROM",
    "SELECT Id FROM Contact FROM Case",
    "SELECT Id FROM Contact WHERE Nobody.Name = 'x'",
    "SELECT Id, (SELECT Id FROM Nobodies) FROM Account",
    "SELECT Id FROM Contact WHERE Name = \u2019x\u2019",
    "SELECT Id FROM " + "(SELECT Id FROM " * 50 + "Contact" + ")" * 50,
]


@pytest.fixture
def two(session):
    return Records(session, objects={"Contact", "Account"})


@pytest.mark.parametrize("statement", WITHIN)
async def test_what_is_permitted_runs(two, statement):
    assert two.soql(statement) == await two.twin.soql(statement)


@pytest.mark.parametrize(("statement", "named"), OUTSIDE)
async def test_what_is_not_is_never_sent(two, org, statement, named):
    for attempt in (two.soql, two.query_all, two.twin.soql, lambda text: list(two.pages(text))):
        with pytest.raises(NotAllowed, match=named):
            await attempt(statement)
    assert not [entry for entry in org.log if "/query" in str(entry)]


@pytest.mark.parametrize("statement", UNSURE)
def test_what_cannot_be_told_is_refused(two, org, statement):
    with pytest.raises((InvalidInput, NotAllowed)):
        two.soql(statement)
    assert not [entry for entry in org.log if "/query" in str(entry)]


def test_every_operation_keeps_to_the_list(session):
    records = Records(session, objects={"Account"}, allow={"create", "update", "upsert", "delete"})
    an_id = "003000000000001AAA"
    for call in (
        lambda: records.describe("Contact"),
        lambda: records.get("Contact", an_id),
        lambda: records.long_text("Contact", an_id, "Description"),
        lambda: records.search("text", {"Contact": ["Id"]}),
        lambda: records.search("text", {"Account": ["Owner.Name"]}),
        lambda: records.sosl("FIND {text} RETURNING Account(Id), Contact(Id)"),
        lambda: records.create("Contact", {"LastName": "x"}),
        lambda: records.update("Contact", an_id, {"LastName": "x"}),
        lambda: records.upsert("contact", "External_Id__c", "1", {"LastName": "x"}),
        lambda: records.delete("Contact", an_id),
        lambda: records.raw("GET", "sobjects", "Contact", an_id),
    ):
        with pytest.raises(NotAllowed):
            call()
    with pytest.raises(InvalidInput, match="RETURNING"):
        records.sosl("FIND {text}")
    assert [each["name"] for each in records.list_objects()] == ["Account"]
    assert records.describe("account")["name"] == "Account"


def test_names_in_the_list_are_names(session):
    with pytest.raises(InvalidInput):
        Records(session, objects={"Contact; DROP"})


def test_a_search_says_what_it_returns():
    found = objects_searched(
        "FIND {a \\} RETURNING x} IN ALL FIELDS RETURNING Contact(Id, Account.Name WHERE X = 'y)'), Lead LIMIT 5"
    )
    assert found == {"Contact": [("Account", "Name")], "Lead": []}


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "SELECT",
                "Id",
                "FROM",
                "Contact",
                "Case",
                "(",
                ")",
                ",",
                "'",
                "\\",
                "x.y",
                "WHERE",
                "IN",
                " ",
                "\n",
                "1.5",
                "{",
                "}",
            ]
        ),
        max_size=30,
    )
)
def test_reading_a_statement_ends_in_parts_or_a_refusal(words):
    try:
        select = read_select(" ".join(words))
    except InvalidInput:
        return
    assert select.source


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60))
def test_any_text_ends_in_rows_or_in_an_error_that_can_be_read(shared_records, text):
    records = Records(shared_records.session, objects={"Account"})
    with contextlib.suppress(RecordsError):
        records.soql(f"SELECT Id FROM Account WHERE Name = 'x' {text}")
