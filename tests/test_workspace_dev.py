"""dev.py sets up once, hands over to nox, and stops at the first step that fails."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import matrix
import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-in for .venv's Python is a shell script")


class Checkout:
    """A copy of what dev.py needs, with a record of what .venv's Python was asked to run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.calls = folder / "calls.txt"
        (folder / "constraints").mkdir()
        shutil.copy(matrix.ROOT / "dev.py", folder)
        shutil.copy(matrix.DEV_CONSTRAINTS, folder / "constraints")

    def stamp(self) -> str:
        interpreter = f"{sys.base_prefix} {sys.version}".replace("\n", " ")
        pins = hashlib.sha256((self.folder / "constraints" / "dev.txt").read_bytes()).hexdigest()
        return f"{interpreter}\n{pins}\n"

    def put_venv(self, *, stamp: str | None, exit_code: int = 0) -> None:
        python = self.folder / ".venv" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(f'#!/bin/sh\necho "$@" >> {self.calls}\nexit {exit_code}\n')
        python.chmod(0o755)
        if stamp is not None:
            (self.folder / ".venv" / "dev-stamp.txt").write_text(stamp)

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(self.folder / "dev.py"), *arguments],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def asked(self) -> list[str]:
        return self.calls.read_text().splitlines() if self.calls.exists() else []


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_without_arguments_it_says_what_it_can_do(checkout: Checkout) -> None:
    done = checkout.run()
    assert done.returncode == 2
    assert "dev.py demo" in done.stdout
    assert "dev.py test" in done.stdout
    assert not (checkout.folder / ".venv").exists()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["demo"], "-m nox -s demo"),
        (["test"], "-m nox -s tests"),
        (["test", "--", "-k", "renew"], "-m nox -s tests -- -k renew"),
        (["-s", "lint", "types"], "-m nox -s lint types"),
        (["--list"], "-m nox --list"),
    ],
)
def test_a_set_up_checkout_goes_straight_to_nox(checkout: Checkout, arguments: list[str], expected: str) -> None:
    checkout.put_venv(stamp=checkout.stamp())
    assert checkout.run(*arguments).returncode == 0
    assert checkout.asked() == [expected]


def test_nox_s_exit_code_is_passed_on(checkout: Checkout) -> None:
    checkout.put_venv(stamp=checkout.stamp(), exit_code=7)
    assert checkout.run("test").returncode == 7


def test_other_pins_are_installed_before_nox_runs(checkout: Checkout) -> None:
    checkout.put_venv(stamp=checkout.stamp())
    pins = checkout.folder / "constraints" / "dev.txt"
    pins.write_text(pins.read_text() + "invented==1.0\n")
    assert checkout.run("test").returncode == 0
    assert ["pip install" in call for call in checkout.asked()] == [True, False]
    assert checkout.run("test").returncode == 0
    assert ["pip install" in call for call in checkout.asked()] == [True, False, False]


def test_after_a_failed_install_nothing_runs(checkout: Checkout) -> None:
    checkout.put_venv(stamp=None, exit_code=3)
    done = checkout.run("test")
    assert done.returncode == 3
    assert "installing nox and uv failed (exit code 3)" in done.stderr
    assert len(checkout.asked()) == 1
    assert not (checkout.folder / ".venv" / "dev-stamp.txt").exists()


def test_a_real_first_run_without_an_index_says_so_and_stops(checkout: Checkout) -> None:
    done = checkout.run("test", PIP_NO_INDEX="1", PIP_CONFIG_FILE=os.devnull, PIP_FIND_LINKS="")
    assert done.returncode == 1
    assert "ERROR" in done.stderr
    assert "Nothing else was run" in done.stderr
