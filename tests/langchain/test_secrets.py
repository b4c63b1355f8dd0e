"""Whatever goes wrong, no token and no password is in an error's text or among the locals of our frames."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

import orgkey_langchain
import orgkey_records
import orgkey_simple_salesforce
from orgkey_langchain import SalesforceTool

OURS = tuple(str(Path(package.__file__).parent) for package in (orgkey_langchain, orgkey_records))
QUERY = {"operation": "query", "query": "SELECT Id FROM Contact"}
DEAD = '[{"errorCode":"INVALID_SESSION_ID","message":"Session expired or invalid"}]'


def shown(error):
    """All that a traceback with locals shows of our frames."""
    parts, seen = [], set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        parts += [str(error), repr(error)]
        traceback = error.__traceback__
        while traceback is not None:
            frame = traceback.tb_frame
            if frame.f_code.co_filename.startswith(OURS):
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", DeprecationWarning)  # an old tool's repr beside a new pydantic
                    parts += [f"{name}={value!r}" for name, value in frame.f_locals.items()]
            traceback = traceback.tb_next
        error = error.__cause__ or error.__context__
    return "\n".join(parts)


@pytest.mark.parametrize("way", ["invoke", "ainvoke"])
@pytest.mark.parametrize(
    "fault",
    [
        {"status": 401, "body": DEAD, "content_type": "application/json", "times": None},
        {
            "status": 403,
            "body": '[{"errorCode":"API_DISABLED_FOR_ORG","message":"x"}]',
            "content_type": "application/json",
        },
        {"drop": "after"},
        {"garble": True},
    ],
    ids=["dead", "disabled", "lost", "garbled"],
)
async def test_a_failing_call_shows_no_token(tool, auth, org, way, fault):
    first = auth.token().reveal()
    org.faults.add("rest", **fault)
    with pytest.raises(Exception) as failed:  # noqa: PT011  # which one is tried elsewhere
        await getattr(tool, way)(QUERY)
    text = shown(failed.value)
    assert "acarry_out" in text or "order=" in text
    assert first not in text
    current = auth.current
    assert current is None or current.reveal() not in text


def test_a_refused_login_shows_no_password(canary):
    password = canary("password")
    with pytest.raises(orgkey_simple_salesforce.PasswordLoginRemoved) as failed:
        SalesforceTool("agent@acme.example", password, canary("security token"))
    text = shown(failed.value)
    assert "password=" in text
    assert password not in text
