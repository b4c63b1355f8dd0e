"""The multi-tenant guide works as it is written, and the operations page names what there is."""

from __future__ import annotations

import re
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from consents import allow
from customers import CLIENT_ID, CLIENT_SECRET, new_customer

import orgkey
from orgkey_tenants import State, Tenants
from orgkey_tenants.commands import app
from orgkey_tenants.settings import settle

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


SETTINGS = {
    row[1]: [cell.strip() for cell in row.groups()[1:]]
    for row in re.finditer(r"^\| `(ORGKEY_\w+)` \|(.*?)\|(.*?)\|(.*?)\|(.*?)\|$", README, re.MULTILINE)
}


@pytest.fixture
def unset(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for variable in SETTINGS:
        monkeypatch.delenv(variable, raising=False)
    return monkeypatch


def test_the_table_of_settings_has_every_variable_that_the_package_reads() -> None:
    sources = (ROOT / "packages" / "orgkey-tenants" / "src").rglob("*.py")
    read = {
        name for path in sources for name in re.findall(r"\bORGKEY_[A-Z_]*[A-Z]\b", path.read_text(encoding="utf-8"))
    }
    assert set(SETTINGS) == read


@pytest.mark.parametrize("variable", [name for name in SETTINGS if name != "ORGKEY_ALLOW_LOOPBACK_HTTP"])
def test_a_variable_of_the_table_is_the_argument_beside_it(variable: str, unset: pytest.MonkeyPatch) -> None:
    argument = SETTINGS[variable][0].strip("`")
    assert argument in signature(Tenants).parameters

    def settled(said: str) -> str:
        given = {"url": "postgresql://host/database", "keys": "env:KEY", argument: said}
        return orgkey.conceal(getattr(settle(**given), argument)).reveal()

    unset.setenv(variable, "from the environment")
    assert settled("") == "from the environment"
    assert settled("an argument") == "an argument"


@pytest.mark.parametrize("variable", list(SETTINGS))
def test_the_default_is_what_the_table_says(variable: str, unset: pytest.MonkeyPatch) -> None:
    del unset
    argument, _, default, _ = (cell.strip("`") for cell in SETTINGS[variable])
    given = {"url": "sqlite:///tenants.db", "keys": "env:KEY"}
    if default == "none: nothing starts":
        with pytest.raises(orgkey.ConfigError, match=variable):
            settle(**{**given, argument: ""})
    elif argument == "journal":
        beside, elsewhere = re.findall("`(.*?)`", SETTINGS[variable][2])
        assert settle(**given).journal == beside
        assert settle(url="postgresql://host/database", keys="env:KEY").journal == str(Path(elsewhere).expanduser())
    elif argument == "allow_loopback_http":
        assert (default, signature(Tenants).parameters[argument].default) == ("off", False)
    else:
        assert default.startswith(("empty", "none: "))
        assert not getattr(settle(**given), argument)


@pytest.mark.parametrize(
    ("variable", "kind"),
    [
        ("ORGKEY_TENANTS_URL", orgkey.StorePlugin),
        ("ORGKEY_TENANTS_KEYS", orgkey.KeyWrapperPlugin),
        ("ORGKEY_TENANTS_LOCK", orgkey.LockPlugin),
    ],
)
def test_the_formats_of_the_table_are_those_that_are_registered(variable: str, kind: type[Any]) -> None:
    schemes = {example.partition(":")[0] for example in re.findall("`(.*?)`", SETTINGS[variable][1])}
    assert schemes == set(orgkey.registered(kind))


def test_the_pages_name_settings_that_exist() -> None:
    source = (ROOT / "packages/orgkey-tenants/src/orgkey_tenants/settings.py").read_text(encoding="utf-8")
    named = set(re.findall(r"ORGKEY_(?:TENANTS|CLIENT|REDIRECT)_\w+", GUIDE + OPERATIONS))
    assert {name for name in named if f'"{name}"' not in source} == set()
    assert Tenants.__doc__
