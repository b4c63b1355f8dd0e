"""The multi-tenant guide works as it is written, and the operations page names what there is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from consents import allow
from customers import CLIENT_ID, CLIENT_SECRET, new_customer

import orgkey
from orgkey_tenants import State, Tenants
from orgkey_tenants.commands import app

if TYPE_CHECKING:
    from orgkey_sim import World

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "migration_guides" / "multi_tenant.md").read_text(encoding="utf-8")
README = (ROOT / "packages" / "orgkey-tenants" / "README.md").read_text(encoding="utf-8")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
CALLBACK = "https://your-product.example/salesforce/callback"


def test_the_guide_from_the_button_to_the_first_query(
    world: World, master_key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = new_customer(world, callback_urls=[CALLBACK])
    for name, value in {
        "ORGKEY_TENANTS_URL": f"sqlite:///{tmp_path / 'tenants.db'}",
        "ORGKEY_TENANTS_KEYS": master_key,
        "ORGKEY_TENANTS_ENVIRONMENT": "production",
        "ORGKEY_CLIENT_ID": CLIENT_ID,
        "ORGKEY_CLIENT_SECRET": CLIENT_SECRET,
        "ORGKEY_CLIENT_REDIRECT_URI": CALLBACK,
    }.items():
        monkeypatch.setenv(name, value)
    opening, connect, callback, *use = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    here: dict[str, Any] = {}
    # The one thing that differs from a real org: it is plain http on this machine.
    exec(opening.replace("Tenants()", "Tenants(allow_loopback_http=True, every=0)"), here)
    try:
        exec(connect + callback, here)
        sent = here["connect"]("acme", customer.org.login_url)
        assert sent["cookie"]["httponly"] is True
        back = allow(sent["redirect"])
        assert here["callback"](back, sent["cookie"]["value"]) == {"redirect": "/salesforce/connected/acme"}
        assert here["callback"](back, sent["cookie"]["value"]) == {"redirect": "/salesforce/failed?reason=state"}
        for block in use:
            exec(block, here)
        assert here["session"].token().org_id == customer.org.org_id
        assert here["accounts"] is not None
    finally:
        here["tenants"].close()


def test_the_readme_from_the_store_to_a_session(world: World, master_key: str, tmp_path: Path) -> None:
    customer = new_customer(world, callback_urls=[CALLBACK])
    (block,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    for written, meant in {
        '"sqlite:///tenants.db"': f'"sqlite:///{tmp_path / "tenants.db"}", allow_loopback_http=True, every=0',
        "file:master.key": master_key,
        '"3MVG9..."': repr(CLIENT_ID),
        'client_secret="..."': f"client_secret={CLIENT_SECRET!r}",
        "https://acme.my.salesforce.com": customer.org.login_url,
        "complete_authorization(callback_url,": "complete_authorization(allow(url),",
    }.items():
        assert written in block
        block = block.replace(written, meant)
    here: dict[str, Any] = {"allow": allow}
    try:
        exec(block, here)
        assert here["session"].token().org_id == customer.org.org_id
    finally:
        here["tenants"].close()


def test_the_pages_name_commands_that_exist() -> None:
    commands = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    named = set(re.findall(r"orgkey tenants ([a-z-]+)", GUIDE + OPERATIONS + README))
    assert named
    assert named <= {name.replace("_", "-") for name in commands}


def test_the_operations_page_has_every_state_and_only_real_causes() -> None:
    table = OPERATIONS.split("## States")[1].split("##")[0]
    assert set(re.findall(r"^\| ([A-Z_]+) \|", table, re.MULTILINE)) == set(State)
    causes = set(re.findall(r"^\| ([A-Z_, ]+) \|", OPERATIONS.split("### NEEDS_REAUTH")[1], re.MULTILINE))
    for cause in {part for group in causes for part in group.split(", ")} | {"LOST_ROTATION", "IP_OR_HOURS_RESTRICTED"}:
        assert orgkey.diagnose(orgkey.Evidence(surface="local", error=cause)).cause.id == cause


def test_the_pages_name_settings_that_exist() -> None:
    source = (ROOT / "packages/orgkey-tenants/src/orgkey_tenants/settings.py").read_text(encoding="utf-8")
    named = set(re.findall(r"ORGKEY_(?:TENANTS|CLIENT|REDIRECT)_\w+", GUIDE + OPERATIONS))
    assert {name for name in named if f'"{name}"' not in source} == set()
    assert Tenants.__doc__
