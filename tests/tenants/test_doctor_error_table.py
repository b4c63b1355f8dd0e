"""``orgkey doctor --tenant`` on each row of the local Salesforce's error table that a customer's org can answer with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from consents import CALLBACK, connect_by_consent
from customers import new_customer
from refusals import expected_cause

from orgkey import TokenRequestError
from orgkey.cli.app import run
from orgkey_sim import World
from orgkey_sim.oauth.errors import ROWS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_sim.oauth.errors import Row
    from orgkey_tenants import Tenants


# One such refusal is waited out; doctor is to name what does not pass.
TRIED_AGAIN = {"expired_code", "being_processed"}
OF_A_REFRESH = [
    row for row in ROWS.values() if row.surface == "token" and (not row.grants or "refresh_token" in row.grants)
]


@pytest.fixture
def world() -> Iterator[World]:
    """A world of one org: elsewhere an app that was deleted here would still be known."""
    with World() as world:
        yield world


@pytest.mark.parametrize("row", OF_A_REFRESH, ids=lambda row: row.id)
def test_each_refusal_of_a_refresh(
    store: Tenants, world: World, *, row: Row, capsys: pytest.CaptureFixture[str]
) -> None:
    customer = new_customer(world, callback_urls=[CALLBACK])
    connect_by_consent(store, customer)
    if row.id in TRIED_AGAIN:
        customer.org.refuse_next(row.id, times=100)
    else:
        customer.org.provoke(row.id, customer.app)
    code = run(["doctor", "--tenant", customer.tenant, "--json"])
    found: Any = json.loads(capsys.readouterr().out)
    assert (code, found["broken"], found["cause"]) == (3, "token", expected_cause(row, "refresh_token"))


@pytest.mark.parametrize("row", [row for row in ROWS.values() if row.surface == "authorize"], ids=lambda row: row.id)
def test_each_refusal_of_a_consent(
    store: Tenants, world: World, *, row: Row, capsys: pytest.CaptureFixture[str]
) -> None:
    customer = new_customer(world, callback_urls=[CALLBACK])
    url = store.start_authorization(customer.tenant, customer.org.login_url)
    customer.org.provoke(row.id, customer.app)
    answer = httpx.get(url, trust_env=False)
    ended_at = answer.headers.get("location", "")
    if ended_at.startswith(CALLBACK):
        with pytest.raises(TokenRequestError) as refusal:
            store.complete_authorization(ended_at, browser_cookie=url.browser_cookie)
        told = found = refusal.value.diagnosis.cause.id
    else:
        # On a page of Salesforce's: the browser does not come back, and a person pastes what it shows.
        assert run(["explain", "--json", ended_at or answer.text]) == 0
        told, found = json.loads(capsys.readouterr().out)["cause"]["id"], "TENANT_PENDING"
    assert told == expected_cause(row, "authorization_code")
    assert run(["doctor", "--tenant", customer.tenant, "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["cause"] == found
