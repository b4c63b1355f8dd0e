from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from logins import Login

from orgkey_sim import World
from orgkey_sim.keys import new_key_pair
from orgkey_sim.worldfile import WorldFileError, load

if TYPE_CHECKING:
    from pathlib import Path

WORLD = """\
# Two orgs.
[[orgs]]
name = "acme"
contacts = 5

[orgs.policies]
session_minutes = 15
login_ip_ranges = ["127.0.0.0/8"]
error_status = { invalid_scope = 401 }

[[orgs.users]]
username = "agent@acme.example"
name = "Agent"

[[orgs.apps]]
name = "Acme Agent"
kind = "connected_app"
flows = ["jwt_bearer", "client_credentials"]
permitted_users = "all_users"
scopes = ["api", "refresh_token"]
run_as = "agent@acme.example"
client_id = "an invented consumer key"
private_key_file = "agent.pem"

[[orgs]]
name = "acme--dev"
kind = "sandbox"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "given"
    folder.mkdir()
    return folder


def write(folder: Path, text: str) -> Path:
    path = folder / "world.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_world_file_makes_orgs_users_apps_and_policies(folder: Path, salesforce_world: World) -> None:
    keys = new_key_pair()
    (folder / "agent.pem").write_text(keys.private_key_pem)
    load(write(folder, WORLD), salesforce_world)
    acme, sandbox = salesforce_world
    assert (sandbox.kind, sandbox.my_domain) == ("sandbox", "acme--dev.sandbox.my.salesforce.com")
    assert acme.records.query("SELECT COUNT() FROM Contact").total_size == 5
    assert (acme.policies.session_minutes, acme.policies.error_status) == (15, {"invalid_scope": 401})
    (app,) = acme.apps.values()
    assert (app.client_id, app.kind, app.permitted_users) == ("an invented consumer key", "connected_app", "all_users")
    assert app.run_as is acme.user("agent@acme.example")
    assert app.private_key_pem == keys.private_key_pem
    with Login(app, "agent@acme.example") as login:
        assert login.jwt().status_code == 200


ORG = '[[orgs]]\nname = "acme"\n'


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("orgs = 5\n", 1, "orgs: must be a list of tables: write [[orgs]]"),
        ("\norg = []\n", 2, "org: is no setting; did you mean 'orgs'?"),
        ("[[orgs]\n", 1, "not TOML: "),
        ("a = 1\na = 2\n", 2, "not TOML: "),
        ("[[orgs]]\nkind = 'sandbox'\n", 1, "orgs[0].name: is missing"),
        ("[[orgs]]\nname = 'Acme Corp'\n", 2, "orgs[0].name: org name 'Acme Corp': use 1 to 40 lower-case letters"),
        (ORG + ORG, 4, "orgs[1].name: there is an org 'acme' already"),
        (ORG + "\nkynd = 'sandbox'\n", 4, "orgs[0].kynd: is no setting; did you mean 'kind'?"),
        (ORG + "contacts = '5'\n", 3, "orgs[0].contacts: must be a whole number, not '5'"),
        (ORG + "policies = 3\n", 3, "orgs[0].policies: must be a table of settings"),
        (ORG + "[orgs.policies]\nsoap_login = 'yes'\n", 4, "orgs[0].policies.soap_login: must be true or false"),
        (ORG + "[orgs.policies]\n\nlogin_hours = [1]\n", 3, "orgs[0].policies: login_hours"),
        (
            ORG + "[[orgs.users]]\nusername = 'a@b.example'\n" * 2,
            5,
            "orgs[0].users[1]: username 'a@b.example' is taken",
        ),
        (ORG + "users = [{ username = 'x' }]\n", 3, "orgs[0].users[0]: username 'x': a username has the form"),
        (
            ORG + ORG.replace("acme", "b") + "[[orgs.apps]]\nname = 'A'\nflows = ['jwt']\n",
            7,
            "orgs[1].apps[0].flows[0]: ",
        ),
        (ORG + "[[orgs.apps]]\nname = 'A'\nrun_as = 'x'\n", 5, "orgs[0].apps[0].run_as: names no user there is: 'x'"),
        (
            ORG + "[[orgs.apps]]\nname = 'A'\nprivate_key_file = 'x'\n",
            5,
            "orgs[0].apps[0].private_key_file: cannot read",
        ),
        (ORG + "[[orgs.apps]]\nname = 'A'\ncertificate_file = 5\n", 5, "orgs[0].apps[0].certificate_file: must be"),
        (ORG + '"apps" = 5 # none\n', 3, "orgs[0].apps: must be a list of tables"),
    ],
)
def test_an_error_names_file_line_and_key(
    folder: Path, salesforce_world: World, text: str, line: int, message: str
) -> None:
    path = write(folder, text)
    with pytest.raises(WorldFileError) as caught:
        load(path, salesforce_world)
    assert str(caught.value).startswith(f"{path}:{line}: {message}"), str(caught.value)


def test_files_that_cannot_be_read(folder: Path, salesforce_world: World) -> None:
    with pytest.raises(WorldFileError, match=r"world.toml: cannot read the world file: No such file"):
        load(folder / "world.toml", salesforce_world)
    (folder / "world.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(WorldFileError, match="the world file is not UTF-8 text"):
        load(folder / "world.toml", salesforce_world)
    path = write(folder, ORG + "[[orgs.apps]]\nname = 'A'\nprivate_key_file = 'world.toml'\n")
    with pytest.raises(WorldFileError, match="not an unencrypted private key in PEM"):
        load(path, salesforce_world)


lines = st.sampled_from([*WORLD.splitlines(), "[orgs", "name = 5", "= 1", "x = '''", "[[orgs.apps.x]]", "\ufeff", ""])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(lines, max_size=12))
def test_no_world_file_leads_to_anything_but_a_world_or_an_error(folder: Path, parts: list[str]) -> None:
    path = write(folder, "\n".join(parts))
    with World() as world, contextlib.suppress(WorldFileError):
        load(path, world)
