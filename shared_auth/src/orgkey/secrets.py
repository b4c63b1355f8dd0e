"""Values that never print: secrets wrapped at the door, and a filter for text that may quote one."""

from __future__ import annotations

import hmac
import os
import re
from hashlib import sha256
from pathlib import PurePath
from typing import Final, NoReturn, final

__all__ = ["MASK", "Secret", "conceal", "may_be_secret", "redact", "shown", "shown_path", "shown_username"]

MASK: Final = "**********"

# Fingerprints of one process can be compared with each other and with nothing else.
_FINGERPRINT_KEY: Final = os.urandom(32)


@final
class Secret:
    """A text that shows itself only when asked by name.

    ``repr``, ``str`` and ``format`` give a mask, so logging it, putting it into an f-string or showing it among a
    traceback's locals gives nothing away. It does not pickle. Copies are the object itself: it cannot change.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The text itself. Use it inside an expression; a local variable that holds it ends up in tracebacks."""
        return self._value

    def fingerprint(self) -> str:
        """Eight hex digits that tell two secrets of this process apart and say nothing about either."""
        return hmac.new(_FINGERPRINT_KEY, self._value.encode(), sha256).hexdigest()[:8]

    def __repr__(self) -> str:
        return f"Secret('{MASK}')"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return MASK

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._value.encode(), other._value.encode())

    __hash__ = None  # type: ignore[assignment]  # a hash would be a fingerprint that leaves the process

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        return self

    def __reduce__(self) -> NoReturn:
        msg = "A secret is not pickled. Carry the name of the profile or variable it comes from instead."
        raise TypeError(msg)


def conceal(value: str | Secret) -> Secret:
    """``value`` as a :class:`Secret`, whether or not it is one already."""
    return value if isinstance(value, Secret) else Secret(value)


# What Salesforce's and OAuth's secrets look like in running text. Each pattern keeps its first group. Hostile text is
# put through them, so none may start anew within what it has just scanned: hence the look-behinds. Of "unexpected
# token: FROM", which is how Salesforce refuses a query, nothing is a secret.
_SHAPES: Final = (
    re.compile(r"(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL),
    re.compile(r"((?<![A-Za-z0-9])00D[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?(?:!|%21))[A-Za-z0-9._%+/=-]+"),
    re.compile(r"((?<![A-Za-z0-9._%+/=-])5Aep)[A-Za-z0-9._%+/=-]{16,}"),
    re.compile(r"((?<![A-Za-z0-9_-])eyJ)[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?"),
    re.compile(r"(?i)((?<![A-Za-z])(?:bearer|basic|oauth)\s{1,8})[A-Za-z0-9._~+/!=-]{12,}"),
    re.compile(r"(?i)(<(?:[\w.-]{1,40}:)?(?:sessionId|password)(?:\s[^<>]{0,200})?>)[^<]+"),
    re.compile(
        r"""(?ix)
        ( (?<![A-Za-z0-9_]) (?<!unexpected[ ])
          (?:access_token|refresh_token|id_token|token|client_secret|assertion|client_assertion|
          password|security_token|signature|code_verifier|sessionId|x-sfdc-session)
          \\{0,4} ["']? \s{0,8} [=:] \s{0,8} )
        (?: \\{1,4} " [^"\\]* | "(?:[^"\\]|\\.)*"? | '(?:[^'\\]|\\.)*'? | [^\s&<>"',;}]+ )
        """
    ),
)


def redact(text: str) -> str:
    """``text`` with all that has the shape of a secret masked: for wire text that goes into a message or a log."""
    for shape in _SHAPES:
        text = shape.sub(rf"\g<1>{MASK}", text)
    return text


# What is longer than any name, address or path that people set.
_LONGEST_NAME: Final = 400
_MANY_DIGITS: Final = 6
_LONG_WORD: Final = 20
# Words of this kind are looked at one by one.
_WORD: Final = re.compile(r"[A-Za-z0-9+=_!-]{16,}")


def may_be_secret(text: str) -> bool:
    """Whether ``text``, which stands where a name, an address or a path belongs, may be a secret put there instead.

    It errs on that side: where a name is taken for a secret, a message does not quote it, and that is all.
    """
    return (
        len(text) > _LONGEST_NAME
        or "\n" in text
        or "-----" in text
        or any(map(_is_generated, _WORD.findall(text)))
        or redact(text) != text
    )


def _is_generated(word: str) -> bool:
    """Whether ``word`` is mixed as keys, consumer secrets, security tokens and base64 are, and names are not."""
    digits = sum(map(str.isdigit, word))
    return digits >= _MANY_DIGITS or (
        digits > 0 and len(word) >= _LONG_WORD and word.upper() != word and word.lower() != word
    )


def shown(text: str) -> str:
    """``text`` as a message may quote it: a mask where it may be a secret in the wrong place."""
    return MASK if may_be_secret(text.strip()) else text


def shown_username(username: str) -> str:
    """As :func:`shown`, for a Salesforce username: what has an ``@`` in it is one, whatever it looks like."""
    return username if "@" in username else shown(username)


def shown_path(path: str) -> str:
    """As :func:`shown`, for a path: one that begins with a folder that is there is a path, whatever it looks like."""
    return path if _begins_with_folder(path) else shown(path)


def _begins_with_folder(path: str) -> bool:
    parts = PurePath(path).parts
    first = PurePath(*parts[: 2 if PurePath(path).is_absolute() else 1])
    if "\n" in path or len(parts) == len(first.parts):
        return False
    return os.path.isdir(first)  # noqa: PTH112  # Path.is_dir raises for a name that is too long
