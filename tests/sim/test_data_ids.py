from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgkey_sim.data import ids
from orgkey_sim.data.ids import IdSequence


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("AAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAA555"),
        ("aaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaAAA"),
        ("Aaaaaaaaaaaaaaa", "AaaaaaaaaaaaaaaBAA"),
        ("aaaaaaaaaaaaaaA", "aaaaaaaaaaaaaaAAAQ"),
    ],
)
def test_the_suffix_says_which_letters_are_capitals(short: str, full: str) -> None:
    assert ids.to_18(short) == full
    assert ids.is_id(full)


def test_an_18_character_id_with_changed_case_is_no_id() -> None:
    full = ids.to_18("001A00000aBcDeF")
    assert ids.is_id(full)
    assert not ids.is_id(full.replace("B", "b"))


@pytest.mark.parametrize("text", ["", "001", "001A00000aBcDe!", "001A00000aBcDeF12", "001A00000aBcDeFAAAA", "ｱ" * 15])
def test_what_is_no_id(text: str) -> None:
    assert not ids.is_id(text)


def test_ids_of_one_org_ascend_and_do_not_repeat() -> None:
    sequence = IdSequence("00D000000000001")
    taken = [sequence.take("003"), *sequence.take_many("003", 100), sequence.take("003")]
    assert len(set(taken)) == 102
    assert [each[:15] for each in taken] == sorted(each[:15] for each in taken)
    assert all(ids.is_id(each) for each in taken)


def test_ids_of_two_orgs_differ() -> None:
    assert IdSequence("00D000000000001").take("003") != IdSequence("00D000000000002").take("003")


@given(st.text(alphabet=st.characters(codec="ascii", categories=["L", "N"]), min_size=15, max_size=15))
def test_both_forms_of_an_id_are_the_same_id(short: str) -> None:
    assert ids.to_18(ids.to_18(short)) == ids.to_18(short)
    assert ids.is_id(short)
