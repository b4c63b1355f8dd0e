"""Secrets show themselves by name only, and text that quotes one is masked."""

from __future__ import annotations

import copy
import dataclasses
import json
import logging
import pickle
import pprint
import subprocess
import sys
import time
import traceback
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgkey.secrets import MASK, Secret, conceal, redact

if TYPE_CHECKING:
    from collections.abc import Callable

PLAIN = "hunter2-and-more"
ORG = "00D5g000004HfQr"
# Put together here, so that no scanner takes them for real.
ACCESS_TOKEN = f"{ORG}!" + "AQ4AQFnN.8dj_k2Lw9" * 3
LONG_ORG_TOKEN = f"{ORG}EAK!" + "AQ4AQFnN.8dj_k2Lw9" * 3
REFRESH_TOKEN = "5Aep" + "861TSESvWeug_xvFHRB" * 4
JWT = "eyJ" + "hbGciOiJSUzI1NiJ9" + ".eyJ" + "zdWIiOiJhZ2VudCJ9" + "." + "c2lnbmF0dXJl" * 5
PRIVATE_KEY = "-----BEGIN PRIVATE KEY-----\n" + "MIIEvAIBADANBgkq\n" * 4 + "-----END PRIVATE KEY-----"


@dataclasses.dataclass
class Holder:
    name: str
    secret: Secret


def _traceback_with_locals(secret: Secret) -> str:
    with pytest.raises(TypeError) as caught:
        int(secret)  # type: ignore[call-overload]
    return "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())


@pytest.mark.parametrize(
    "show",
    [
        repr,
        str,
        ascii,
        "{}".format,
        "{:>40}".format,
        "{!r}".format,
        lambda secret: f"{secret}|{secret!s:50}|{secret!r}|{secret=}",
        lambda secret: "%s %r" % (secret, secret),  # noqa: UP031  # an old way is a way
        lambda secret: pprint.pformat({"a": [secret]}),
        lambda secret: repr(Holder("x", secret)),
        lambda secret: repr(dataclasses.asdict(Holder("x", secret))),
        lambda secret: json.dumps({"a": secret}, default=str),
        _traceback_with_locals,
    ],
)
def test_no_way_of_showing_a_secret_shows_it(show: Callable[[Secret], str]) -> None:
    text = show(Secret(PLAIN))
    assert PLAIN not in text
    assert MASK in text


def test_logging_a_secret_shows_a_mask(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("orgkey").warning("using %s with %r", Secret(PLAIN), {"key": Secret(PLAIN)})
    assert PLAIN not in caplog.text
    assert caplog.text.count(MASK) == 2


def test_json_refuses_a_secret() -> None:
    with pytest.raises(TypeError, match="Secret"):
        json.dumps({"a": Secret(PLAIN)})


def test_revealing_gives_the_text_itself() -> None:
    assert Secret(PLAIN).reveal() == PLAIN


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_secret_is_not_pickled(protocol: int) -> None:
    with pytest.raises(TypeError, match="not pickled") as refusal:
        pickle.dumps({"a": Secret(PLAIN)}, protocol)
    assert PLAIN not in str(refusal.value)


def test_copies_are_the_secret_itself() -> None:
    secret = Secret(PLAIN)
    assert copy.copy(secret) is secret
    assert copy.deepcopy([secret])[0] is secret


def test_secrets_compare_by_text_with_each_other_only() -> None:
    assert Secret(PLAIN) == Secret(PLAIN)
    assert Secret(PLAIN) != Secret(PLAIN + "x")
    assert Secret(PLAIN) != PLAIN  # a typo must not turn into an oracle
    with pytest.raises(TypeError):
        Secret("a") < Secret("b")  # type: ignore[operator]  # noqa: B015


def test_a_secret_has_no_hash() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(Secret(PLAIN))


def test_an_empty_secret_is_false() -> None:
    assert not Secret("")
    assert Secret("x")


def test_a_secret_has_no_dict_to_dump() -> None:
    with pytest.raises(TypeError):
        vars(Secret(PLAIN))


def test_concealing_twice_conceals_once() -> None:
    secret = Secret(PLAIN)
    assert conceal(secret) is secret
    assert conceal(PLAIN) == secret


def test_a_fingerprint_tells_secrets_apart_in_this_process_only() -> None:
    mine = Secret(PLAIN).fingerprint()
    assert mine == Secret(PLAIN).fingerprint()
    assert mine != Secret(PLAIN + "x").fingerprint()
    assert len(mine) == 8
    code = f"from orgkey.secrets import Secret; print(Secret({PLAIN!r}).fingerprint())"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert other.stdout.strip() != mine


SHAPES = {
    "access token": (ACCESS_TOKEN, ACCESS_TOKEN.partition("!")[2]),
    "access token of a long org id": (LONG_ORG_TOKEN, LONG_ORG_TOKEN.partition("!")[2]),
    "refresh token": (REFRESH_TOKEN, REFRESH_TOKEN[4:]),
    "JWT": (JWT, JWT[3:]),
    "JWT without a signature": (JWT.rpartition(".")[0], JWT.rpartition(".")[0][3:]),
    "private key": (PRIVATE_KEY, "MIIEvAIBADANBgkq"),
    "private key on one line": (PRIVATE_KEY.replace("\n", "\\n"), "MIIEvAIBADANBgkq"),
    "private key cut off": (PRIVATE_KEY[:80], "MIIEvAIBADANBgkq"),
    "PKCS#1 key": (PRIVATE_KEY.replace("PRIVATE", "RSA PRIVATE"), "MIIEvAIBADANBgkq"),
    "bearer header": (f"Authorization: Bearer {PLAIN}", PLAIN),
    "OAuth header": (f"authorization: oauth {PLAIN}", PLAIN),
    "basic header": ("Authorization: Basic aHVudGVyMjpodW50ZXIy", "aHVudGVyMjpodW50ZXIy"),
    "session header": (f"X-SFDC-Session: {PLAIN}", PLAIN),
    "SOAP session": (f"<urn:sessionId>{PLAIN}</urn:sessionId>", PLAIN),
    "form": (f"grant_type=client_credentials&client_secret={PLAIN}&x=y", PLAIN),
    "password form": (f"grant_type=password&password={PLAIN}", PLAIN),
    "assertion form": (f"assertion={PLAIN}&x=y", PLAIN),
    "JSON": (f'{{"access_token": "{PLAIN}", "x": 1}}', PLAIN),
    "JSON without spaces": (f'{{"refresh_token":"{PLAIN}"}}', PLAIN),
    "JSON with an escaped quote": (f'{{"client_secret":"a\\"{PLAIN}"}}', PLAIN),
    "JSON inside JSON": (f'{{"body":"{{\\"client_secret\\": \\"{PLAIN}\\"}}"}}', PLAIN),
    "Python dict": (f"{{'client_secret': '{PLAIN}', 'x': 1}}", PLAIN),
    "capitals": (f"PASSWORD={PLAIN}", PLAIN),
    "access token in a URL": (ACCESS_TOKEN.replace("!", "%21"), ACCESS_TOKEN.partition("!")[2]),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_what_has_the_shape_of_a_secret_is_masked(shape: str) -> None:
    text, secret = SHAPES[shape]
    masked = redact(f"before {text} after")
    assert secret not in masked
    assert MASK in masked
    assert masked.startswith("before ")


@pytest.mark.parametrize("shape", ["access token", "refresh token", "JWT", "form", "JSON"])
def test_what_stands_beside_a_secret_is_kept(shape: str) -> None:
    text, _ = SHAPES[shape]
    assert redact(f"before {text} after").endswith(" after")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "invalid_grant: user hasn't approved this consumer",
        "Session expired or invalid",
        "https://acme.my.salesforce.com/services/data/v66.0/sobjects/Account/0015g00000AbCdE",
        f"org {ORG}EAK was refreshed",
        "INVALID_OPERATION: SOAP API login() is disabled by default in this org",
        "MALFORMED_QUERY: unexpected token: 'FROM'",
    ],
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert redact(text) == text


@given(st.text(), st.text(), st.sampled_from([ACCESS_TOKEN, REFRESH_TOKEN, JWT]))
def test_a_token_is_masked_wherever_it_stands(before: str, after: str, token: str) -> None:
    assert token not in redact(f"{before} {token} {after}")


@given(st.lists(st.sampled_from(sorted(SHAPES)), min_size=1), st.sampled_from([" ", "\n", " and ", "\r\n\r\n", " | "]))
def test_no_secret_hides_behind_another(shapes: list[str], between: str) -> None:
    masked = redact(between.join(SHAPES[shape][0] for shape in shapes))
    assert [shape for shape in shapes if SHAPES[shape][1] in masked] == []


@pytest.mark.parametrize(
    "piece", ["eyJ-", "eyJ-a.", "5Aep-", "bearer ", "password", "password=", '"password":"\\', "-----BEGIN ", "00D"]
)
def test_hostile_text_is_masked_in_linear_time(piece: str) -> None:
    started = time.perf_counter()
    redact(piece * 24_000)
    # A hundredth of it where the time is linear, seconds where it is quadratic.
    assert time.perf_counter() - started < 0.5


def test_masking_takes_any_text() -> None:
    odd: list[Any] = ["\x00", "\ud800", "🔑" * 100, "\x1b[31m"]
    assert [redact(text) for text in odd] == odd
