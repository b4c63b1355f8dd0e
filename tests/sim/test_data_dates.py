from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgkey_sim.data.soql import dates

WEDNESDAY = date(2026, 5, 13)

# First day of the span, and the first day after it ("Date Formats and Date Literals in WHERE").
SPANS = {
    "TODAY": ("2026-05-13", "2026-05-14"),
    "YESTERDAY": ("2026-05-12", "2026-05-13"),
    "TOMORROW": ("2026-05-14", "2026-05-15"),
    "THIS_WEEK": ("2026-05-10", "2026-05-17"),
    "LAST_WEEK": ("2026-05-03", "2026-05-10"),
    "NEXT_WEEK": ("2026-05-17", "2026-05-24"),
    "THIS_MONTH": ("2026-05-01", "2026-06-01"),
    "LAST_MONTH": ("2026-04-01", "2026-05-01"),
    "NEXT_MONTH": ("2026-06-01", "2026-07-01"),
    "THIS_QUARTER": ("2026-04-01", "2026-07-01"),
    "LAST_QUARTER": ("2026-01-01", "2026-04-01"),
    "NEXT_QUARTER": ("2026-07-01", "2026-10-01"),
    "THIS_YEAR": ("2026-01-01", "2027-01-01"),
    "LAST_YEAR": ("2025-01-01", "2026-01-01"),
    "NEXT_YEAR": ("2027-01-01", "2028-01-01"),
    "THIS_FISCAL_YEAR": ("2026-01-01", "2027-01-01"),
    "LAST_FISCAL_QUARTER": ("2026-01-01", "2026-04-01"),
    "LAST_90_DAYS": ("2026-02-12", "2026-05-14"),
    "NEXT_90_DAYS": ("2026-05-14", "2026-08-12"),
}
COUNTED_SPANS = {
    ("LAST_N_DAYS", 3): ("2026-05-10", "2026-05-14"),
    ("NEXT_N_DAYS", 3): ("2026-05-14", "2026-05-17"),
    ("N_DAYS_AGO", 3): ("2026-05-10", "2026-05-11"),
    ("LAST_N_WEEKS", 2): ("2026-04-26", "2026-05-10"),
    ("NEXT_N_WEEKS", 2): ("2026-05-17", "2026-05-31"),
    ("N_WEEKS_AGO", 1): ("2026-05-03", "2026-05-10"),
    ("LAST_N_MONTHS", 5): ("2025-12-01", "2026-05-01"),
    ("NEXT_N_MONTHS", 8): ("2026-06-01", "2027-02-01"),
    ("N_MONTHS_AGO", 2): ("2026-03-01", "2026-04-01"),
    ("LAST_N_QUARTERS", 2): ("2025-10-01", "2026-04-01"),
    ("LAST_N_YEARS", 2): ("2024-01-01", "2026-01-01"),
    ("N_FISCAL_YEARS_AGO", 1): ("2025-01-01", "2026-01-01"),
}


@pytest.mark.parametrize("name", SPANS)
def test_a_literal_names_a_span(name: str) -> None:
    assert dates.is_literal(name.lower(), counted=False)
    assert [day.isoformat() for day in dates.literal_span(name, 0, WEDNESDAY)] == list(SPANS[name])


@pytest.mark.parametrize(("name", "count"), COUNTED_SPANS)
def test_a_counted_literal_names_a_span(name: str, count: int) -> None:
    assert dates.is_literal(name, counted=True)
    found = dates.literal_span(name, count, WEDNESDAY)
    assert [day.isoformat() for day in found] == list(COUNTED_SPANS[name, count])


def test_a_sunday_begins_its_week() -> None:
    assert dates.literal_span("THIS_WEEK", 0, date(2026, 5, 10))[0] == date(2026, 5, 10)


def test_a_count_beyond_the_calendar_ends_at_its_edge() -> None:
    assert dates.literal_span("LAST_N_DAYS", 10**9, WEDNESDAY)[0] == date.min
    assert dates.literal_span("NEXT_N_YEARS", 10**9, WEDNESDAY)[1] == date.max


@pytest.mark.parametrize(("name", "counted"), [("SOMEDAY", False), ("LAST_N_DAYS", False), ("TODAY", True)])
def test_what_is_no_literal(name: str, counted: bool) -> None:
    assert not dates.is_literal(name, counted=counted)


def test_moments_are_kept_in_utc() -> None:
    assert dates.parse_datetime("2026-05-13T01:30:00+02:00") == "2026-05-12T23:30:00.000+0000"
    assert dates.parse_datetime("2026-05-13T01:30:00.123Z") == "2026-05-13T01:30:00.123+0000"


@pytest.mark.parametrize("text", ["2026-02-30", "x", "0000-01-01"])
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        dates.parse_date(text)


@pytest.mark.parametrize("text", ["2026-05-13T25:00:00Z", "2026-05-13T01:30:00", "0001-01-01T00:00:00+02:00"])
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        dates.parse_datetime(text)


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
def test_moments_sort_as_their_texts_do(one: datetime, other: datetime) -> None:
    one, other = (each.replace(microsecond=each.microsecond // 1000 * 1000) for each in (one, other))
    assert (one < other) == (dates.format_datetime(one) < dates.format_datetime(other))
