"""Requests keep their secrets wrapped until they are sent, and answers are read with care."""

from __future__ import annotations

import pytest

from orgkey.org import Origin
from orgkey.secrets import Secret
from orgkey.wire import Answer, Request

LOGIN = Origin("https", "acme.my.salesforce.com", 443)
PLAIN = "a secret & more"
REQUEST = Request(LOGIN, "/services/oauth2/token", {"a": "1", "b": Secret(PLAIN)}, {"Authorization": Secret(PLAIN)})


def test_a_request_shows_no_secret() -> None:
    assert PLAIN not in repr(REQUEST)
    assert PLAIN not in str([REQUEST.form, REQUEST.headers])


def test_a_request_reveals_what_is_sent() -> None:
    assert REQUEST.url == "https://acme.my.salesforce.com/services/oauth2/token"
    assert REQUEST.body() == b"a=1&b=a+secret+%26+more"
    assert REQUEST.plain_headers() == {"Authorization": PLAIN}


def test_a_question_has_no_body() -> None:
    assert Request(LOGIN, "/services/oauth2/userinfo", method="GET").body() is None


def answer(date: str | None, body: bytes = b"secret") -> Answer:
    return Answer(200, {} if date is None else {"date": date}, body, received_at=1_800_000_000.0)


def test_an_answer_shows_no_body() -> None:
    assert "secret" not in repr(answer(None))


def test_an_answer_that_is_no_text_is_text_all_the_same() -> None:
    assert answer(None, b"a\xffb").text == "a\ufffdb"


@pytest.mark.parametrize(
    ("date", "skew"),
    [
        ("Fri, 15 Jan 2027 08:00:00 GMT", 0.0),
        ("Fri, 15 Jan 2027 07:50:00 GMT", 600.0),
        ("Fri, 15 Jan 2027 08:10:00 GMT", -600.0),
        ("Fri, 15 Jan 2027 10:00:00 +0200", 0.0),
        (None, None),
        ("", None),
        ("yesterday", None),
        ("Fri, 99 Jan 2027 08:00:00 GMT", None),
        ("Fri, 15 Jan 99999999999999999999 08:00:00 GMT", None),
    ],
)
def test_the_clocks_are_compared_where_the_answer_has_a_date(date: str | None, skew: float | None) -> None:
    assert answer(date).clock_skew == skew
