"""``orgkey doctor --tenant`` and ``orgkey certificates`` reach what tenants keep."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from consents import allow
from customers import CLIENT_ID, CLIENT_SECRET, new_customer

from orgkey.cli.app import run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from customers import Customer

    from orgkey_sim import World
    from orgkey_tenants import Tenants

CALLBACK = "https://saas.example.com/callback"


@pytest.fixture
def store(make: Callable[..., Tenants], master_key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tenants:
    for name, value in {
        "ORGKEY_TENANTS_URL": f"sqlite:///{tmp_path / 'tenants.db'}",
        "ORGKEY_TENANTS_KEYS": master_key,
        "ORGKEY_CLIENT_ID": CLIENT_ID,
        "ORGKEY_CLIENT_SECRET": CLIENT_SECRET,
        "ORGKEY_ALLOW_LOOPBACK_HTTP": "1",
    }.items():
        monkeypatch.setenv(name, value)
    return make(redirect_uri=CALLBACK)


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
    url = store.start_authorization(customer.tenant, customer.org.login_url)
    store.complete_authorization(allow(url), browser_cookie=url.browser_cookie)
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
