"""Carries a SOQL or SOSL statement out as simple-salesforce does, blocking or not; a refusal comes back as text."""

from __future__ import annotations

import asyncio
import json
from enum import Enum
from http import HTTPStatus
from typing import Any

import orgkey
import orgkey_records

__all__ = ["Language", "arun", "is_lost_session", "run"]


class Language(Enum):
    """What a statement is written in, and the word it begins with."""

    SOQL = "SELECT"
    SOSL = "FIND"


def run(language: Language, statement: Any, client: Any) -> Any:
    """What ``client``, one of simple-salesforce's, answers; the text of the error where the statement is refused.

    A lost session is raised: no other statement helps.
    """
    from simple_salesforce.exceptions import SalesforceError

    try:
        checked = orgkey_records.check_statement(statement, language.value)
        return client.query_all(checked) if language is Language.SOQL else client.search(checked)
    except (SalesforceError, orgkey_records.InvalidInput) as error:
        return _told(language, error)


async def arun(language: Language, statement: Any, client: Any) -> Any:
    """As :func:`run`, without blocking the event loop: async to the socket where the client has a session of ours."""
    records = _records_of(client)
    if records is None:
        return await asyncio.to_thread(run, language, statement, client)
    from simple_salesforce.exceptions import SalesforceError

    try:
        checked = orgkey_records.check_statement(statement, language.value)
        if language is Language.SOQL:
            return await _query_all(checked, records, client)
        # simple-salesforce gives None for an empty answer.
        return await _get(records, client, "search", q=checked) or None
    except (SalesforceError, orgkey_records.InvalidInput, orgkey_records.CapExceeded) as error:
        return _told(language, error)


def is_lost_session(error: Exception) -> bool:
    """Whether no session can be had, or none that Salesforce takes: no other call helps."""
    from simple_salesforce.exceptions import SalesforceAuthenticationFailed, SalesforceExpiredSession

    lost = (
        SalesforceAuthenticationFailed,
        SalesforceExpiredSession,
        orgkey.TokenRequestError,
        orgkey_records.AccessFailed,
    )
    return isinstance(error, lost)


async def _query_all(statement: str, records: orgkey_records.AsyncRecords, client: Any) -> dict[str, Any]:
    page = await _get(records, client, "query", q=statement)
    rows = list(page["records"])
    while not page["done"]:
        page = await _get(records, client, "query", page["nextRecordsUrl"].rpartition("/")[2])
        rows += page["records"]
    return {"records": rows, "totalSize": len(rows), "done": True}


async def _get(records: orgkey_records.AsyncRecords, client: Any, *path: str, **parameters: str) -> Any:
    """The JSON at ``path``, in the classes that ``client`` uses. Raises as simple-salesforce does."""
    from orgkey_simple_salesforce import LoginFailed, exception_for

    try:
        answer = await records.raw("GET", *path, parameters=parameters or None)
    except orgkey_records.AccessFailed as error:
        raise exception_for(error.url, error.status, error.content, error.diagnosis) from error
    except orgkey.TokenRequestError as error:
        raise LoginFailed.because_of(error) from error
    if answer.status < HTTPStatus.MULTIPLE_CHOICES:
        return json.loads(
            answer.body,
            object_pairs_hook=client._object_pairs_hook,  # noqa: SLF001  # it has no other name for it
            parse_float=client._parse_float,  # noqa: SLF001
        )
    try:
        content = answer.json()
    except ValueError:
        content = answer.body.decode("utf-8", "replace")
    raise exception_for(answer.url, answer.status, content)


def _told(language: Language, error: Exception) -> str:
    """What a model is told of ``error``, in llama-index's words. What is no concern of a model's is raised."""
    if is_lost_session(error):
        raise error
    return f"Error running {language.name} query: {orgkey.redact(str(error))}"


def _records_of(client: Any) -> orgkey_records.AsyncRecords | None:
    """Records on the session behind ``client``; None where there is none of ours."""
    from orgkey_simple_salesforce import Salesforce

    # Of a stand-in in somebody's test the class says what it is, isinstance does not.
    if not issubclass(type(client), Salesforce) or client.auth is None:
        return None
    return orgkey_records.AsyncRecords(client.auth, version=str(client.sf_version))
