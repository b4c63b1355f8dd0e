"""``orgkey doctor --tenant`` and ``orgkey certificates`` reach what tenants keep."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from consents import CALLBACK, allow, connect_by_consent
from customers import new_customer

from orgkey import TokenRequestError
from orgkey.cli.app import run
from orgkey_tenants import AuthorizationRefused, OtherOrg, StoreUnavailable
from orgkey_tenants.errors import local

if TYPE_CHECKING:
    from pathlib import Path

    from customers import Customer
    from fake_clock import FakeClock

    from orgkey_sim import World
    from orgkey_tenants import Audit, Tenants


@pytest.fixture
def customer(world: World) -> Customer:
    return new_customer(world, callback_urls=[CALLBACK])


def add_with_key(store: Tenants, customer: Customer, tenant: str = "keyed") -> None:
    store.add_jwt_bearer(
        tenant,
        login_url=customer.org.login_url,
        username=next(iter(customer.org.users.values())).username,
        key=customer.app.private_key_pem,
        certificate=customer.app.certificate_pem,
    )


def examined(capsys: pytest.CaptureFixture[str], tenant: str, code: int = 0) -> dict[str, Any]:
    assert run(["doctor", "--tenant", tenant, "--json"]) == code
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def checks(found: dict[str, Any]) -> dict[str, str]:
    return {check["check"]: check["status"] for check in found["checks"]}


def test_the_chain_of_a_tenant_that_consented(
    store: Tenants, customer: Customer, capsys: pytest.CaptureFixture[str]
) -> None:
    connect_by_consent(store, customer)
    found = checks(examined(capsys, customer.tenant))
    assert (found["settings"], found["token"], found["key"]) == ("ok", "ok", "not run")
    assert customer.sent() == 1


def test_the_chain_of_a_tenant_with_a_key(
    store: Tenants, customer: Customer, capsys: pytest.CaptureFixture[str]
) -> None:
    add_with_key(store, customer)
    found = checks(examined(capsys, "keyed"))
    assert found["token"] == "ok"
    assert found["key"] in {"ok", "warning"}  # a certificate of the local Salesforce may end soon


def test_a_tenant_that_is_stopped_or_not_known_is_the_first_thing_that_breaks(
    store: Tenants, customer: Customer, capsys: pytest.CaptureFixture[str]
) -> None:
    store.add(customer.tenant, login_url=customer.org.login_url)
    assert "TENANT_PENDING" in json.dumps(examined(capsys, customer.tenant, code=2))
    assert "orgkey tenants list" in json.dumps(examined(capsys, "nobody", code=2))
    assert run(["doctor", "--tenant", "x", "--profile", "y"]) == 2


def refuse_a_consent(store: Tenants, customer: Customer, row: str) -> None:
    """A browser comes back from the consent page with a refusal; the administrator's own URL is asked for by ada."""
    url = store.start_authorization(customer.tenant, customer.org.login_url, by="ada")
    customer.org.provoke(row, customer.app)
    back = httpx.get(url, trust_env=False).headers["location"]
    with pytest.raises(TokenRequestError):
        store.complete_authorization(back, browser_cookie=url.browser_cookie)


def test_a_refused_consent_is_why_a_tenant_has_no_grant(
    store: Tenants, customer: Customer, capsys: pytest.CaptureFixture[str], clock: FakeClock
) -> None:
    refuse_a_consent(store, customer, "immediate_unsuccessful")
    clock.advance(3600)
    when = datetime.fromtimestamp(clock.now(), UTC).isoformat(timespec="seconds")
    refuse_a_consent(store, customer, "access_denied")
    found = examined(capsys, customer.tenant, code=2)
    (settings, *_) = found["checks"]
    assert (found["cause"], found["broken"]) == ("CONSENT_DENIED", "settings")
    *_, failed, again = settings["evidence"]
    assert failed.startswith(f"its latest consent failed at {when}, by ada: CONSENT_DENIED: access_denied")
    assert f"orgkey tenants authorize {customer.tenant} " in again
    # What came of it since then counts.
    url = store.start_authorization(customer.tenant)
    store.complete_authorization(allow(url), browser_cookie=url.browser_cookie)
    assert examined(capsys, customer.tenant)["cause"] is None
    store.forget(customer.tenant)
    clock.advance(60)
    store.start_authorization(customer.tenant, customer.org.login_url)
    assert examined(capsys, customer.tenant, code=2)["cause"] == "TENANT_PENDING"


def test_the_command_that_is_to_be_copied_names_the_tenant_for_a_shell(
    store: Tenants, customer: Customer, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = replace(customer, tenant="acme emea; rm x")
    refuse_a_consent(store, odd, "access_denied")
    *_, again = examined(capsys, odd.tenant, code=2)["checks"][0]["evidence"]
    assert "orgkey tenants authorize 'acme emea; rm x' says" in again


def test_a_refused_reconnect_is_told_beside_the_dead_grant(
    store: Tenants, customer: Customer, capsys: pytest.CaptureFixture[str]
) -> None:
    connect_by_consent(store, customer)
    customer.org.revoke(customer.app)
    assert examined(capsys, customer.tenant, code=3)["cause"] == "REFRESH_TOKEN_INVALID"
    assert examined(capsys, customer.tenant, code=2)["cause"] == "TENANT_NEEDS_REAUTH"
    refuse_a_consent(store, customer, "access_denied")
    found = examined(capsys, customer.tenant, code=2)
    assert found["cause"] == "CONSENT_DENIED"
    assert f"orgkey tenants reconnect {customer.tenant} " in json.dumps(found)


def test_a_consent_that_was_not_believed_here_says_so(
    store: Tenants, customer: Customer, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    other = new_customer(world, callback_urls=[CALLBACK])
    url = store.start_authorization("acme", other.org.login_url, org_id=customer.org.org_id)
    with pytest.raises(OtherOrg):
        store.complete_authorization(allow(url), browser_cookie=url.browser_cookie)
    found = examined(capsys, "acme", code=2)
    assert found["cause"] == "TENANT_PENDING"
    assert f": OtherOrg: Tenant 'acme' is org {customer.org.org_id}, and org {other.org.org_id} consented" in (
        json.dumps(found)
    )


def test_a_store_that_takes_no_note_hides_no_refusal(
    store: Tenants, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(audit: Audit) -> None:
        raise local(StoreUnavailable, "TENANT_STORE_UNAVAILABLE", audit.event)

    monkeypatch.setattr(store.store, "note", full)
    url = store.start_authorization(customer.tenant, customer.org.login_url)
    with pytest.raises(AuthorizationRefused):
        store.complete_authorization(allow(url), browser_cookie="another")


def test_a_tenants_certificate_is_listed_with_its_end(
    store: Tenants, customer: Customer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    add_with_key(store, customer)
    run(["certificates", "--json"])
    (row,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert (row["profile"], row["org"], row["problem"]) == ("tenant keyed", customer.org.login_url, "")
    assert isinstance(row["days_left"], int)
    monkeypatch.setenv("ORGKEY_TENANTS_KEYS", "file:/nowhere")
    assert run(["certificates", "--json"]) == 1
    assert "cannot be read" in json.loads(capsys.readouterr().out.splitlines()[0])["problem"]


def test_a_new_key_is_taken_in(
    store: Tenants, customer: Customer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_with_key(store, customer)
    customer.app.replace_certificate()
    assert checks(examined(capsys, "keyed", code=3))["token"] == "failed"
    for name, pem in (("new.key", customer.app.private_key_pem), ("new.crt", customer.app.certificate_pem)):
        (tmp_path / "given" / name).write_text(pem)
    given = [
        f"--{option}={tmp_path}/given/{name}" for option, name in (("key-file", "new.key"), ("certificate", "new.crt"))
    ]
    assert run(["tenants", "renew-secret", "keyed", *given]) == 0
    capsys.readouterr()
    assert checks(examined(capsys, "keyed"))["token"] == "ok"
