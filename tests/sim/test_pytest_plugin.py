from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from logins import Login

if TYPE_CHECKING:
    from pathlib import Path

    from orgkey_sim import Org, World

TEST = """
import urllib.request

def test_my_integration(salesforce_org, salesforce_world):
    app = salesforce_org.create_app("Mine")
    with urllib.request.urlopen(salesforce_org.login_url + "/services/data") as answer:
        assert answer.status == 200
    assert list(salesforce_world) == [salesforce_org]
"""


def test_the_fixtures_give_an_org_in_a_world(salesforce_org: Org, salesforce_world: World) -> None:
    assert salesforce_world.org("acme") is salesforce_org
    with Login(salesforce_org.create_app("Agent")) as login:
        assert login.limits(login.token()).status_code == 200


def test_the_plugin_is_there_without_being_asked_for(tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(TEST)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_the_plugin_costs_nothing_where_it_is_not_used() -> None:
    code = "import sys, orgkey_sim.pytest_plugin; print('starlette' in sys.modules, 'cryptography' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n"
