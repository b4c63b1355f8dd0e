# ruff: noqa: PT017 - any text may be refused, but not every text is

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from orgkey_sim.clock import VirtualClock
from orgkey_sim.data import ApiError, Field, Records

NOON = 1_778_673_600.0  # 2026-05-13T12:00:00Z, a Wednesday
USER = "005000000000001AAA"


@pytest.fixture(scope="module")
def records() -> Records:
    """Two accounts and five contacts, created on consecutive days up to the 13th of May 2026."""
    clock = VirtualClock(lambda: NOON - 4 * 86_400)
    records = Records(clock, "00D000000000001AAA")
    records.put_user(USER, "ada@acme.example", FirstName="Ada", LastName="Admin")
    records.add_field("Contact", Field("Tags__c", "multipicklist", picklist=("a", "b", "c")))
    acme = records.create("Account", {"Name": "Acme", "Industry": "Energy", "AnnualRevenue": 1000.5}, USER)
    bolt = records.create("Account", {"Name": "Bolt", "NumberOfEmployees": 7}, USER)
    people: list[dict[str, Any]] = [
        {"LastName": "Abel", "Email": "abel@acme.example", "AccountId": acme, "Birthdate": "1990-01-31"},
        {"LastName": "Brandt", "FirstName": "Bea", "Title": "CTO", "AccountId": acme, "DoNotCall": True},
        {"LastName": "Cruz", "FirstName": "Carl", "Title": "cto", "AccountId": bolt, "Tags__c": "a;b"},
        {"LastName": "D'Arc", "Title": "100%", "Tags__c": "c"},
        {"LastName": "Eco", "Title": "50_50", "Description": "a\\b"},
    ]
    for each in people:
        records.create("Contact", each, USER)
        clock.advance(86_400 if each is not people[-1] else 0)
    return records


def names(records: Records, where: str) -> str:
    """Initials of the contacts that a condition finds, in order."""
    return "".join(each["LastName"][0] for each in records.query(f"SELECT LastName FROM Contact {where}").records)


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("", "ABCDE"),
        ("WHERE LastName = 'abel'", "A"),
        ("WHERE LastName != 'Abel'", "BCDE"),
        ("WHERE LastName <> 'Abel'", "BCDE"),
        ("WHERE Title != 'CTO'", "ADE"),
        ("WHERE NOT Title = 'CTO'", "ADE"),
        ("WHERE (NOT (Title = 'CTO' AND DoNotCall = true))", "ACDE"),
        ("WHERE Title = null", "A"),
        ("WHERE Title = ''", "A"),
        ("WHERE Title != null", "BCDE"),
        ("WHERE Title IN ('CTO', null)", "ABC"),
        ("WHERE Title NOT IN ('CTO', '100%')", "AE"),
        ("WHERE Title not  in ('CTO', null)", "DE"),
        ("WHERE LastName > 'Brandt' AND LastName <= 'Eco'", "CDE"),
        ("WHERE LastName LIKE '%R%'", "BCD"),
        ("WHERE LastName LIKE 'ab_l'", "A"),
        (r"WHERE Title LIKE '50\_%'", "E"),
        (r"WHERE Title LIKE '1__\%'", "D"),
        (r"WHERE LastName = 'D\'Arc'", "D"),
        (r"WHERE Title = '100\%'", "D"),
        ("WHERE DoNotCall = TRUE", "B"),
        ("WHERE DoNotCall = false", "ACDE"),
        ("WHERE (Title = 'CTO' AND DoNotCall = true) OR LastName = 'Eco'", "BE"),
        ("WHERE Title = 'CTO' AND (DoNotCall = true OR LastName = 'Eco')", "B"),
        ("WHERE Account.Name = 'Acme'", "AB"),
        ("WHERE account.owner.name = 'Ada Admin'", "ABC"),
        ("WHERE Account.Name = null", "DE"),
        ("WHERE Account.AnnualRevenue >= 1000.5", "AB"),
        ("WHERE Account.NumberOfEmployees < 8", "C"),
        ("WHERE Account.NumberOfEmployees = +7", "C"),
        ("WHERE Account.AnnualRevenue > -1e3", "AB"),
        ("WHERE Birthdate = 1990-01-31", "A"),
        ("WHERE Birthdate < TODAY", "A"),
        ("WHERE CreatedDate = TODAY", "E"),
        ("WHERE CreatedDate != TODAY", "ABCD"),
        ("WHERE CreatedDate < TODAY", "ABCD"),
        ("WHERE CreatedDate >= YESTERDAY", "DE"),
        ("WHERE CreatedDate > YESTERDAY", "E"),
        ("WHERE CreatedDate <= YESTERDAY", "ABCD"),
        ("WHERE CreatedDate = LAST_N_DAYS:2", "CDE"),
        ("WHERE CreatedDate IN (TODAY, N_DAYS_AGO:4)", "AE"),
        ("WHERE CreatedDate NOT IN (TODAY, N_DAYS_AGO:4)", "BCD"),
        ("WHERE CreatedDate = THIS_WEEK", "BCDE"),
        ("WHERE CreatedDate >= 2026-05-12T14:00:00+02:00", "DE"),
        ("WHERE CALENDAR_YEAR(CreatedDate) = 2026 AND DAY_IN_MONTH(CreatedDate) > 12", "E"),
        ("WHERE DAY_ONLY(convertTimezone(CreatedDate)) = 2026-05-11", "C"),
        ("WHERE Tags__c INCLUDES ('a;b', 'x')", "C"),
        ("WHERE Tags__c INCLUDES ('b', 'c')", "CD"),
        ("WHERE Tags__c EXCLUDES ('a')", "ABDE"),
        ("WHERE AccountId IN (SELECT Id FROM Account WHERE Name = 'Bolt')", "C"),
        ("WHERE AccountId NOT IN (SELECT Id FROM Account WHERE Name = 'Bolt')", "ABDE"),
        ("WHERE Id IN (SELECT WhoId FROM Task)", ""),
        ("c WHERE c.LastName = 'Eco' AND Contact.Title != null", "E"),
        ("ORDER BY LastName DESC", "EDCBA"),
        ("ORDER BY Title, LastName DESC", "ADECB"),
        ("ORDER BY Title NULLS LAST, LastName", "DEBCA"),
        ("ORDER BY Title DESC", "ABCED"),
        ("ORDER BY Title DESC NULLS LAST LIMIT 2", "BC"),
        ("ORDER BY Account.Name DESC, LastName", "DECAB"),
        ("LIMIT 2", "AB"),
        ("LIMIT 0", ""),
        ("LIMIT 2 OFFSET 3", "DE"),
        ("OFFSET 4", "E"),
        ("USING SCOPE everything WHERE LastName = 'Eco' WITH SECURITY_ENFORCED LIMIT 1 FOR VIEW", "E"),
        ("ALL ROWS", "ABCDE"),
    ],
)
def test_a_condition_finds(records: Records, where: str, found: str) -> None:
    assert names(records, where) == found


def test_ids_compare_in_both_forms(records: Records) -> None:
    record_id = records.query("SELECT Id FROM Contact WHERE LastName = 'Eco'").records[0]["Id"]
    assert names(records, f"WHERE Id = '{record_id}'") == names(records, f"WHERE Id = '{record_id[:15]}'") == "E"


def test_keywords_and_names_in_any_case_and_any_spacing(records: Records) -> None:
    page = records.query("select\n LASTNAME,account . name\nfrom CONTACT\twhere lastname='Abel'order by lastname")
    record = page.records[0]
    assert record["LastName"] == "Abel"
    assert record["Account"]["Name"] == "Acme"


def test_a_field_that_begins_like_a_keyword(records: Records) -> None:
    assert records.query("SELECT Industry FROM Account WHERE Industry IN ('Energy')").records[0]["Industry"] == "Energy"


def test_parents_are_nested_and_carry_their_own_link(records: Records) -> None:
    record = records.query("SELECT Account.Owner.Name, Account.Name FROM Contact LIMIT 1", version="60.0").records[0]
    account_id = records.query("SELECT Id FROM Account LIMIT 1").records[0]["Id"]
    assert record["attributes"]["url"].startswith("/services/data/v60.0/sobjects/Contact/003")
    assert record["Account"] == {
        "attributes": {"type": "Account", "url": f"/services/data/v60.0/sobjects/Account/{account_id}"},
        "Name": "Acme",
        "Owner": {
            "attributes": {"type": "User", "url": f"/services/data/v60.0/sobjects/User/{USER}"},
            "Name": "Ada Admin",
        },
    }


def test_a_missing_parent_is_null(records: Records) -> None:
    assert records.query("SELECT Account.Owner.Name FROM Contact WHERE LastName = 'Eco'").records[0]["Account"] is None


def test_children_are_nested_pages(records: Records) -> None:
    accounts = records.query(
        "SELECT Name, (SELECT LastName, Account.Name FROM Contacts WHERE Title = null), (SELECT Id FROM Cases) "
        "FROM Account"
    ).records
    children = accounts[0]["Contacts"]
    assert (children["totalSize"], children["done"]) == (1, True)
    assert children["records"][0]["Account"]["Name"] == "Acme"
    assert [each["Cases"] for each in accounts] == [None, None]
    assert accounts[1]["Contacts"] is None


def test_counting_rows(records: Records) -> None:
    page = records.query("SELECT COUNT() FROM Contact WHERE Title != null")
    assert (page.total_size, page.records) == (4, [])
    assert records.query("SELECT COUNT() FROM Contact LIMIT 2").total_size == 2


def test_groups(records: Records) -> None:
    page = records.query(
        "SELECT Account.Name, COUNT(Id), MAX(Title) top, COUNT_DISTINCT(Title) FROM Contact "
        "GROUP BY Account.Name HAVING COUNT(Id) > 1 ORDER BY COUNT(Id), Account.Name NULLS LAST"
    )
    assert [{k: v for k, v in each.items() if k != "attributes"} for each in page.records] == [
        {"Name": "Acme", "expr0": 2, "top": "CTO", "expr1": 1},
        {"Name": None, "expr0": 2, "top": "50_50", "expr1": 2},
    ]
    assert page.records[0]["attributes"] == {"type": "AggregateResult"}


def test_a_group_without_group_by(records: Records) -> None:
    (record,) = records.query("SELECT SUM(AnnualRevenue), AVG(NumberOfEmployees) n FROM Account").records
    assert (record["expr0"], record["n"]) == (1000.5, 7.0)


def test_all_fields(records: Records) -> None:
    standard = records.query("SELECT FIELDS(STANDARD) FROM Contact LIMIT 1").records[0]
    custom = records.query("SELECT FIELDS(CUSTOM) FROM Contact LIMIT 1").records[0]
    every = records.query("SELECT FIELDS(ALL) FROM Contact LIMIT 200").records[0]
    assert "Tags__c" not in standard
    assert set(custom) == {"attributes", "Tags__c", "External_Id__c"}
    assert standard.keys() | custom.keys() == every.keys()


def test_functions_that_leave_the_value_alone(records: Records) -> None:
    record = records.query("SELECT toLabel(Title), FORMAT(CreatedDate) made FROM Contact WHERE Title = 'cto'").records[
        1
    ]
    assert record["Title"] == "cto"
    assert record["made"].startswith("2026-05-11T")


def test_booleans_and_numbers_keep_their_type(records: Records) -> None:
    contact = records.query("SELECT DoNotCall, IsDeleted FROM Contact WHERE LastName = 'Brandt'").records[0]
    account = records.query("SELECT AnnualRevenue, NumberOfEmployees FROM Account WHERE Name = 'Bolt'").records[0]
    assert contact["DoNotCall"] is True
    assert contact["IsDeleted"] is False
    assert account["AnnualRevenue"] is None
    assert isinstance(account["NumberOfEmployees"], int)


# -- what is refused ------------------------------------------------------------------------------------------------

BY = "SELECT Id FROM Contact WHERE "
FIELD_HINT = (
    " If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. "
    "Please reference your WSDL or the describe call for the appropriate names."
)


@pytest.mark.parametrize(
    ("soql", "code", "column", "sentence"),
    [
        ("", "MALFORMED_QUERY", 1, "unexpected token: '<EOF>'"),
        ("SELECT", "MALFORMED_QUERY", 7, "unexpected token: '<EOF>'"),
        ("SELECT Id FORM Contact", "MALFORMED_QUERY", 16, "unexpected token: 'Contact'"),
        ("SELECT , FROM Contact", "MALFORMED_QUERY", 8, "unexpected token: ','"),
        ("SELECT Id FROM Contact WHERE", "MALFORMED_QUERY", 29, "unexpected token: '<EOF>'"),
        (BY + "a=1 AND b=2 OR c=3", "MALFORMED_QUERY", 42, "unexpected token: 'OR'"),
        ("SELECT Id FROM Contact LIMIT -1", "MALFORMED_QUERY", 30, "unexpected token: '-1'"),
        ("SELECT Id FROM Contact LIMIT x", "MALFORMED_QUERY", 30, "unexpected token: 'x'"),
        (BY + "Name = x", "MALFORMED_QUERY", 37, "unexpected token: 'x'"),
        (BY + "Name = 'x", "MALFORMED_QUERY", 37, "unterminated string literal"),
        (BY + "Name = :x", "MALFORMED_QUERY", 37, "Bind variables only allowed in Apex code"),
        (BY + r"Name = '\x'", "MALFORMED_QUERY", 37, r"Illegal escape sequence '\x'"),
        (BY + "Birthdate = 2026-02-30", "MALFORMED_QUERY", 42, "invalid date: 2026-02-30"),
        ("SELECT Id FROM Contact; DROP TABLE Contact", "MALFORMED_QUERY", 23, "unexpected token: ';'"),
        ("SELECT Id FROM Contact -- x", "MALFORMED_QUERY", 24, "unexpected token: '-'"),
        ("SELECT Id, Foo FROM Contact", "INVALID_FIELD", 12, f"No such column 'Foo' on entity 'Contact'.{FIELD_HINT}"),
        ("SELECT Account.Foo FROM Contact", "INVALID_FIELD", 8, "No such column 'Foo' on entity 'Account'."),
        (BY + "Foo = 1", "INVALID_FIELD", 30, "No such column 'Foo' on entity 'Contact'."),
        ("SELECT Id FROM Contact ORDER BY Foo", "INVALID_FIELD", 33, "No such column 'Foo' on entity 'Contact'."),
        ("SELECT A" + ".B" * 9_000 + " FROM Contact", "MALFORMED_QUERY", 8, "A field path cannot follow more than 5"),
        ("SELECT Foo.Id FROM Contact", "INVALID_FIELD", 8, "Didn't understand relationship 'Foo' in field path."),
        ("SELECT Id FROM Foo", "INVALID_TYPE", 16, "sObject type 'Foo' is not supported."),
        ("SELECT Id, (SELECT Id FROM Foos) FROM Account", "INVALID_TYPE", 28, "Didn't understand relationship 'Foos'"),
        ("SELECT Id, id FROM Contact", "INVALID_FIELD", 12, "duplicate field selected: id"),
        ("SELECT Id x FROM Contact", "MALFORMED_QUERY", 8, "only aggregate expressions use field aliasing"),
        ("SELECT Id, COUNT(Name) FROM Contact", "MALFORMED_QUERY", 8, "Field must be grouped or aggregated: Id"),
        ("SELECT SUM(Name) FROM Contact", "MALFORMED_QUERY", 8, "field Name does not support aggregate operator SUM"),
        ("SELECT BOGUS(Id) FROM Contact", "MALFORMED_QUERY", 8, "unexpected token: 'BOGUS'"),
        ("SELECT MAX() FROM Contact", "MALFORMED_QUERY", 8, "unexpected token: 'MAX'"),
        ("SELECT COUNT(), Id FROM Contact", "MALFORMED_QUERY", 17, "Field must be grouped or aggregated: Id"),
        ("SELECT FIELDS(ALL) FROM Contact", "MALFORMED_QUERY", 8, "The SOQL FIELDS function must have a LIMIT"),
        ("SELECT FIELDS(x) FROM Contact", "MALFORMED_QUERY", 8, "FIELDS function must have ALL, STANDARD or CUSTOM"),
        ("SELECT CALENDAR_YEAR(Name) FROM Contact", "INVALID_FIELD", 8, "field Name does not support date function"),
        (BY + "Id = 'x'", "INVALID_QUERY_FILTER_OPERATOR", 30, "invalid ID field: x"),
        (BY + "Name > null", "INVALID_QUERY_FILTER_OPERATOR", 30, "invalid operator on null"),
        (BY + "DoNotCall > true", "INVALID_QUERY_FILTER_OPERATOR", 30, "invalid operator on bo"),
        (BY + "Id LIKE '003%'", "INVALID_QUERY_FILTER_OPERATOR", 30, "invalid operator on id f"),
        (BY + "Name INCLUDES ('x')", "INVALID_QUERY_FILTER_OPERATOR", 30, "invalid operator on"),
        (BY + "Name LIKE 5", "INVALID_FIELD", 30, "value of filter criterion for field 'Name' mu"),
        (BY + "Name = 5", "INVALID_FIELD", 30,
            "value of filter criterion for field 'Name' must be of type string and should be enclosed in quotes",
        ),
        (BY + "DoNotCall = 'true'", "INVALID_FIELD", 30,
            "value of filter criterion for field 'DoNotCall' must be of type boolean and should not be",
        ),
        (BY + "CreatedDate > 2026-01-01", "INVALID_FIELD", 30,
            "value of filter criterion for field 'CreatedDate' must be of type dateTime and should not be",
        ),
        (BY + "Name = TODAY", "INVALID_FIELD", 30, "value of filter criterion for field 'Name'"),
        (BY + "Description = 'x'", "INVALID_FIELD", 30, "field 'Description' can not be filtered"),
        ("SELECT Id FROM Contact ORDER BY Description", "INVALID_FIELD", 33, "field 'Description' can not be sorted"),
        (BY + "Name IN (SELECT Id FROM Account)", "MALFORMED_QUERY", 30, "The inner and outer"),
        ("SELECT Id, (SELECT COUNT(Id) FROM Contacts) FROM Account", "MALFORMED_QUERY", 35, "Aggregate functions are"),
    ],
)  # fmt: skip
def test_a_refusal_names_its_place_and_cause(
    records: Records, soql: str, code: str, column: int, sentence: str
) -> None:
    with pytest.raises(ApiError) as refused:
        records.query(soql)
    assert (refused.value.status, refused.value.error_code) == (400, code)
    excerpt, caret, place, said = refused.value.message.removeprefix("\n").split("\n", 3)
    assert place == f"ERROR at Row:1:Column:{column}"
    assert said.startswith(sentence)
    if column <= len(soql):
        assert excerpt[caret.index("^")] == soql[column - 1]


def test_a_refusal_in_a_later_row(records: Records) -> None:
    with pytest.raises(ApiError) as refused:
        records.query("SELECT Id\nFROM Contact\nWHERE Foo = 1")
    assert refused.value.message.startswith("\nWHERE Foo = 1\n      ^\nERROR at Row:3:Column:7\n")


def test_an_offset_beyond_the_largest(records: Records) -> None:
    with pytest.raises(ApiError, match="NUMBER_OUTSIDE_VALID_RANGE: Maximum SOQL offset allowed is 2000"):
        records.query("SELECT Id FROM Contact OFFSET 2001")


@pytest.mark.parametrize(
    "soql",
    [
        f"SELECT Id FROM Contact WHERE {'(' * 500}Id = null{')' * 500}",
        f"SELECT Id FROM Contact WHERE {'NOT (' * 20_000}Id = null{')' * 20_000}",
        "SELECT Id FROM Contact WHERE " + " OR ".join(["Name = 'x'"] * 5_000),
        "SELECT Id FROM Contact WHERE Name = '" + "x" * 200_000 + "'",
        "SELECT Id FROM Contact WHERE Name LIKE '" + "x" * 90_000 + "'",
        "SELECT Id FROM Contact WHERE Name IN (" + ",".join(["'x'"] * 24_000) + ")",
    ],
    ids=["nested", "negated", "wide", "long", "pattern", "list"],
)
def test_a_query_too_large_is_refused_or_answered(records: Records, soql: str) -> None:
    try:
        records.query(soql)
    except ApiError as error:
        assert error.error_code == "QUERY_TOO_COMPLICATED"


# -- fuzz -----------------------------------------------------------------------------------------------------------

VOCABULARY = """
SELECT FROM WHERE AND OR NOT IN LIKE ORDER BY GROUP HAVING LIMIT OFFSET ASC DESC NULLS FIRST LAST ALL ROWS COUNT()
COUNT(Id) MAX(Name) FIELDS(ALL) Id Name Account.Name CreatedDate DoNotCall AnnualRevenue Tags__c Contact Account
Contacts TODAY LAST_N_DAYS:3 null true 'x' '003' 5 -1.5e3 2026-01-01 2026-01-01T00:00:00Z = != < >= ( ) , . : ' \\
INCLUDES (SELECT Owner.Foo.Bar FIND USING SCOPE WITH FOR VIEW TYPEOF END
"""
WORDS = st.sampled_from([*VOCABULARY.split(), "\u00e9", "\x00", "\ud800"])


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=30).map(" ".join) | st.text(max_size=200))
@example("SELECT Id FROM Contact WHERE Name = '\ud800'")
@example("SELECT Id FROM Contact WHERE AnnualRevenue = 99999999999999999999999999")
@example("SELECT Id FROM Account WHERE AnnualRevenue > 1e999")
@example("SELECT Id FROM Account WHERE NumberOfEmployees = 9999999999999999999 LIMIT 99999999999999999999")
def test_any_text_is_answered_or_refused_in_words(records: Records, soql: str) -> None:
    try:
        records.query(soql)
    except ApiError as error:
        assert error.error_code.isupper()
        assert error.message


CONDITIONS = st.recursive(
    st.sampled_from([
        "Name = 'x'", "Title != null", "Account.Name LIKE '%c%'", "CreatedDate > YESTERDAY", "DoNotCall = true",
        "Title IN ('CTO', null)", "Title NOT IN ('CTO')", "Birthdate <= 1990-01-31", "Account.AnnualRevenue > 1",
    ]),
    lambda inner: (
        st.tuples(st.sampled_from([" AND ", " OR "]), st.lists(inner, min_size=2, max_size=3)).map(
            lambda pair: "(" + pair[0].join(pair[1]) + ")"
        )
        | inner.map(lambda text: f"(NOT {text})")
    ),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(CONDITIONS)
def test_a_condition_and_its_negation_split_the_records(records: Records, condition: str) -> None:
    """SOQL knows no third truth value."""
    inside, outside = names(records, f"WHERE {condition}"), names(records, f"WHERE (NOT {condition})")
    assert sorted(inside + outside) == list("ABCDE")
