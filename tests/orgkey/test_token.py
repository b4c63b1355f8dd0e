"""A token is one immutable snapshot, compared by its text, shown without it."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from orgkey.org import Origin
from orgkey.secrets import Secret
from orgkey.token import Token, token_format

TEXT = "00D5g000004HfQr!AQ4AQFnN.8dj_k2Lw9"


def token(text: str = TEXT, **changes: Any) -> Token:
    fields: dict[str, Any] = {
        "value": Secret(text),
        "instance": Origin("https", "acme.my.salesforce.com", 443),
        "generation": 1,
        "issued_at": 1.0,
        "obtained_at": 2.0,
        "scope": frozenset({"api"}),
        "org_id": "00D5g000004HfQrEAK",
        "user_id": "0055g00000BnLmAAAV",
        "identity_url": "https://login.salesforce.com/id/00D5g000004HfQrEAK/0055g00000BnLmAAAV",
    }
    return Token(**fields | changes)


def test_a_token_is_compared_by_its_text() -> None:
    mine = token()
    assert mine.same_as(mine)
    assert mine.same_as(Secret(TEXT))
    assert mine.same_as(token(generation=7))
    assert not mine.same_as(token(TEXT + "x"))
    assert not mine.same_as(Secret(TEXT + "x"))
    assert not mine.same_as(Secret(""))


def test_a_token_shows_where_it_is_good_and_not_what_it_is() -> None:
    mine = token()
    assert mine.reveal() == TEXT
    assert mine.instance_url == "https://acme.my.salesforce.com"
    for text in (repr(mine), str(mine), repr(dataclasses.asdict(mine))):
        assert "AQ4AQFnN" not in text
        assert "generation" in text


@pytest.mark.parametrize(("text", "kind"), [(TEXT, "opaque"), ("eyJhbGciOiJSUzI1NiJ9.e30.c2ln", "jwt"), ("", "opaque")])
def test_the_format_is_told_by_the_first_letters(text: str, kind: str) -> None:
    assert token_format(Secret(text)) == kind
    assert token(text).format == kind


def test_no_part_of_a_token_can_be_changed() -> None:
    for field in dataclasses.fields(Token):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(token(), field.name, None)
