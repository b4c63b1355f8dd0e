from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import pytest

from orgkey_sim.settings import SettingsError, bind


class Pet:
    def __init__(self, name: str) -> None:
        self.name = name


def feed(
    who: Pet,
    food: Literal["hay", "oats"],
    *,
    grams: float = 1.0,
    times: int | None = None,
    days: Iterable[str] = (),
    notes: dict[str, int] | None = None,
    gently: bool = True,
) -> None:
    """Something to make settings for."""


PETS = {Pet: {"Ida": Pet("Ida")}.get}


def test_settings_become_arguments() -> None:
    given = {
        "who": "Ida",
        "food": "hay",
        "grams": 5,
        "times": None,
        "days": ["Mon"],
        "notes": {"a": 1},
        "gently": False,
    }
    bound = bind(feed, given, PETS)
    assert (bound["who"].name, bound["days"], bound["notes"]) == ("Ida", ("Mon",), {"a": 1})
    assert (bound["grams"], type(bound["grams"])) == (5.0, float)
    assert bind(feed, {"who": "Ida", "food": "oats"}, PETS).keys() == {"who", "food"}


@pytest.mark.parametrize(
    ("changes", "key", "reason"),
    [
        ({"who": "Bo"}, "who", "names no pet there is: 'Bo'"),
        ({"who": 5}, "who", "names no pet there is: 5"),
        ({"food": "hey"}, "food", "must be one of hay, oats, not 'hey'"),
        ({"grams": "5"}, "grams", "must be a number, not '5'"),
        ({"grams": True}, "grams", "must be a number, not True"),
        ({"times": 1.5}, "times", "must be a whole number, not 1.5"),
        ({"times": True}, "times", "must be a whole number, not True"),
        ({"days": "Mon"}, "days", "must be a list, not 'Mon'"),
        ({"days": ["Mon", 2]}, "days[1]", "must be text, not 2"),
        ({"notes": []}, "notes", "must be a table, not []"),
        ({"notes": {"a": "b"}}, "notes.a", "must be a whole number, not 'b'"),
        ({"gently": 1}, "gently", "must be true or false, not 1"),
        ({"gram": 1}, "gram", "is no setting; did you mean 'grams'?"),
        ({"xyz": 1}, "xyz", "is no setting; there are days, food, gently, grams, notes, times, who"),
        (
            {"food": "x" * 100},
            "food",
            "must be one of hay, oats, not 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...",
        ),
    ],
)
def test_what_does_not_fit_is_named(changes: dict[str, Any], key: str, reason: str) -> None:
    with pytest.raises(SettingsError) as caught:
        bind(feed, {"who": "Ida", "food": "hay", **changes}, PETS)
    assert (caught.value.key, caught.value.reason) == (key, reason)


def test_what_is_missing_is_named() -> None:
    with pytest.raises(SettingsError, match="is missing") as caught:
        bind(feed, {"who": "Ida"}, PETS)
    assert caught.value.under("pets", 3).key == "pets[3].food"


def test_settings_are_a_table() -> None:
    with pytest.raises(SettingsError, match="must be a table of settings, not 'hay'"):
        bind(feed, "hay")
