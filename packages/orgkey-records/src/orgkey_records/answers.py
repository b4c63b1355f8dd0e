"""Reads an answer: its JSON, or the error that it stands for."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import orgkey
from orgkey_records.errors import AccessFailed, LimitReached, Refused, Unreachable

if TYPE_CHECKING:
    from orgkey_records.wire import Answer

__all__ = ["lost_access", "named_fields", "read", "read_object"]

# What no other input mends: whoever runs the agent has to know.
_ACCESS: Final = frozenset(
    {
        "SESSION_EXPIRED",
        "SESSION_NOT_FOR_REST_API",
        "AUTHORIZATION_HEADER_INVALID",
        "API_DISABLED",
        "API_VERSION_RETIRED",
    }
)
# Codes that say "not now" or "no more": the call itself was fine ("Status Codes and Error Responses", REST API guide).
_LIMITS: Final = frozenset(
    {
        "REQUEST_LIMIT_EXCEEDED",
        "TXN_SECURITY_METERING_ERROR",
        "STORAGE_LIMIT_EXCEEDED",
        "CONCURRENT_PER_ORG_LONG_TXN_LIMIT",
        "REQUEST_RUNNING_TOO_LONG",
        "QUERY_TIMEOUT",
        "UNABLE_TO_LOCK_ROW",
    }
)
_CARRIED_FIELD: Final = re.compile(r"(?:No such column|Field) '([A-Za-z][\w.]{0,120})'")
_LONGEST: Final = 2_000


def read(answer: Answer) -> Any:
    """The answer's JSON; None where it has no body.

    Raises :class:`Refused` or :class:`LimitReached` for what Salesforce refused, :class:`Unreachable` where it was not
    able to answer, :class:`AccessFailed` where the session is the trouble.
    """
    if answer.diagnosis is not None:
        raise AccessFailed(answer.diagnosis, answer.status, answer.url, _content(answer))
    if answer.status >= HTTPStatus.MULTIPLE_CHOICES:
        raise _failure(answer)
    if not answer.body:
        return None
    try:
        return answer.json()
    except (ValueError, RecursionError):
        raise _no_salesforce(answer) from None


def read_object(answer: Answer, *needed: str) -> dict[str, Any]:
    """The answer's JSON object, which must have the keys ``needed``."""
    value = read(answer)
    if not isinstance(value, dict) or any(key not in value for key in needed):
        raise _no_salesforce(answer)
    return value


def named_fields(error: Refused) -> tuple[str, ...]:
    """The fields that a refusal is about, by its list or its sentence."""
    return error.fields or tuple(dict.fromkeys(_CARRIED_FIELD.findall(str(error.content))))


def lost_access(status: int, content: Any) -> orgkey.Diagnosis | None:
    """Why an answer with ``status`` and body ``content`` is for whoever runs the agent; None where it is not."""
    code, message, _ = _first_error(content)
    diagnosis = orgkey.diagnose(
        orgkey.Evidence(surface="rest", error=code, error_description=message[:_LONGEST], status=status)
    )
    return diagnosis if status == HTTPStatus.UNAUTHORIZED or diagnosis.cause.id in _ACCESS else None


def _failure(answer: Answer) -> Exception:
    content = _content(answer)
    diagnosis = lost_access(answer.status, content)
    if diagnosis is not None:
        return AccessFailed(diagnosis, answer.status, answer.url, content)
    code, message, fields = _first_error(content)
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR and code not in _LIMITS:
        return _unable(answer, code)
    facts: Any = {"code": code, "fields": fields, "status": answer.status, "url": answer.url, "content": content}
    said = orgkey.redact(f"{code}: {message}"[:_LONGEST] if code else f"HTTP {answer.status}")
    if code in _LIMITS or answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        said = f"A limit of the org is reached; nothing is wrong with the call. Try later. ({said})"
        return LimitReached(said, **facts)
    return Refused(f"Salesforce refused the call. {said}", **facts)


def _first_error(content: Any) -> tuple[str, str, tuple[str, ...]]:
    error = content[0] if isinstance(content, list) and content else content
    if not isinstance(error, dict):
        return "", "", ()
    fields = error.get("fields")
    names = tuple(str(name) for name in fields) if isinstance(fields, list) else ()
    return str(error.get("errorCode", "")), str(error.get("message", "")).strip(), names


def _content(answer: Answer) -> Any:
    try:
        return answer.json()
    except (ValueError, RecursionError):
        return answer.body[:_LONGEST].decode("utf-8", "replace")


def _unable(answer: Answer, code: str) -> Unreachable:
    fate = " Whether it was carried out is not known: read the record before trying again." * answer.ask.writes
    said = f"HTTP {answer.status}" + f", {code[:60]}" * bool(code)
    carried_out = None if answer.ask.writes else False
    return Unreachable(f"Salesforce was not able to answer ({said}). Try again later.{fate}", carried_out=carried_out)


def _no_salesforce(answer: Answer) -> Unreachable:
    place = answer.url.partition("?")[0]
    return Unreachable(
        f"{place} answered HTTP {answer.status} with something that is not Salesforce's REST API.",
        carried_out=None if answer.ask.writes else False,
    )
