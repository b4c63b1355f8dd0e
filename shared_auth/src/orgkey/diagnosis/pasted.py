"""Diagnoses from text: a log line, a response body, an exception's message, or its pieces."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_plus

from orgkey.causes import Diagnosis
from orgkey.diagnosis.catalogue import load
from orgkey.diagnosis.evidence import Evidence
from orgkey.diagnosis.matcher import diagnose

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["explain"]

_LONGEST_INPUT: Final = 20_000  # characters


def _pair(names: str) -> str:
    """A pattern for ``"name": "value"`` as JSON, Python's repr, a query string or a log write it."""
    value = r"""(?: "((?:[^"\\]|\\.)*)" | '((?:[^'\\]|\\.)*)' | ([^\s"'&,;{}\[\]<>]+) )"""
    return rf"""(?x) ["']? \b(?:{names})\b ["']? \s* [:=] \s* {value}"""


def _element(names: str) -> str:
    """A pattern for ``<prefix:name>value</prefix:name>``."""
    return rf"<(?:\w+:)?(?:{names})\b[^>]*>\s*([^<]*?)\s*<"


_ERROR: Final = tuple(
    re.compile(pattern)
    for pattern in (_element("exceptionCode|faultcode|errorCode"), _pair("error|errorCode|exceptionCode|faultcode"))
)
_DESCRIPTION: Final = tuple(
    re.compile(pattern)
    for pattern in (
        _element("exceptionMessage|faultstring|message"),
        _pair("error_description"),
        _pair("exceptionMessage|faultstring|message"),
    )
)
_STATUS: Final = re.compile(r"(?i)\b(?:HTTP(?:/\d(?:\.\d)?)?|status(?:[ _]?code)?|response code)\W{0,3}([1-5]\d\d)\b")


def explain(*pieces: str, grant: str = "", login_host: str = "", audience: str = "") -> Diagnosis:
    """Diagnose what somebody pasted: an error and its description, any text that holds them, or a cause's id.

    ``grant``, ``login_host`` and ``audience`` narrow it down where the text does not say them. Never raises.
    """
    text = "\n".join(pieces)[:_LONGEST_INPUT].replace('\\"', '"')
    named = _named_cause(text)
    if named:
        return named
    context = Evidence(surface="", grant=grant, login_host=login_host, audience=audience)
    diagnoses = [diagnose(reading) for reading in _readings(text, context)]
    for diagnosis in diagnoses:
        if diagnosis.cause.id != "UNKNOWN":
            return diagnosis
    # The last reading leaves the description open, so that it tells everything the error code could mean.
    return replace(diagnoses[0], alternatives=diagnoses[-1].alternatives)


def _named_cause(text: str) -> Diagnosis | None:
    """What this package said itself: its messages and log lines name the cause's id."""
    causes = load().causes
    named = (word for word in re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", text) if word in causes)
    return next((Diagnosis(causes[word]) for word in named), None)


def _readings(text: str, context: Evidence) -> Iterator[Evidence]:
    """The ways to read ``text``, the most literal one first."""
    error = _error(text)
    status = _STATUS.search(text)
    evidence = replace(context, error=error, status=int(status[1]) if status else 0)
    descriptions = (*_values(_DESCRIPTION, text), *_around(error, " ".join(text.split())), "")
    for description in dict.fromkeys(descriptions):
        yield replace(evidence, error_description=description)


def _error(text: str) -> str:
    """The error code in ``text``: a known one in its field, else a known one anywhere, else what the field says."""
    known = {code for rule in load().rules for code in rule.errors if "network" not in rule.surfaces}
    fields = [value.rpartition(":")[2] for value in _values(_ERROR, text)]
    words = (*fields, *re.findall(r"\w+", text))
    return next((word for word in words if word.lower() in known), fields[0] if fields else "")


def _around(error: str, text: str) -> tuple[str, ...]:
    """What follows the error code, and what comes before it."""
    before, found, after = text.partition(error) if error else ("", "", text)
    parts = (after, before) if found else (text,)
    return tuple(part.strip(" :;,-()\"'") for part in parts if re.search(r"\w", part))


def _values(patterns: tuple[re.Pattern[str], ...], text: str) -> Iterator[str]:
    for pattern in patterns:
        for match in pattern.finditer(text):
            value = next(group for group in match.groups() if group is not None)
            yield unquote_plus(value) if match.lastindex == pattern.groups > 1 else value
