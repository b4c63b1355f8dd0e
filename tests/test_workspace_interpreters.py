"""Interpreters are found by running them: pyenv's own folders first, never a shim that only pretends."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import interpreters
import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-ins are shell scripts")

BROKEN_SHIM = "echo 'pyenv: python3.98: command not found' >&2; exit 127"


class Machine:
    """A machine with made-up Pythons: in pyenv's folders and on PATH."""

    def __init__(self, folder: Path) -> None:
        self.pyenv = folder / "pyenv"
        self.path = folder / "bin"

    def put(self, path: Path, script: str) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    def in_pyenv(self, folder: str, version: str) -> Path:
        path = self.pyenv / "versions" / folder / "bin" / "python"
        return self.put(path, f"echo {version}; echo {path}")

    def on_path(self, name: str, script: str) -> Path:
        return self.put(self.path / name, script)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    made_up = Machine(tmp_path)
    monkeypatch.setenv("PYENV_ROOT", str(made_up.pyenv))
    monkeypatch.setenv("PATH", f"{made_up.path}{os.pathsep}/usr/bin{os.pathsep}/bin")
    return made_up


def test_pyenv_s_folder_wins_over_a_shim_that_fails(machine: Machine) -> None:
    real = machine.in_pyenv("3.98.1", "3.98")
    machine.on_path("python3.98", BROKEN_SHIM)
    assert interpreters.find(["3.98"]) == {"3.98": real}


def test_a_shim_that_fails_is_no_interpreter(machine: Machine) -> None:
    machine.on_path("python3.98", BROKEN_SHIM)
    assert interpreters.find(["3.98"]) == {}


def test_an_interpreter_that_says_another_version_is_passed_over(machine: Machine) -> None:
    machine.on_path("python3.98", "echo 3.97; echo /nowhere/python")
    assert interpreters.find(["3.98"]) == {}


def test_the_newest_patch_is_taken_and_3_9_is_not_3_98(machine: Machine) -> None:
    machine.in_pyenv("3.98.2", "3.98")
    newest = machine.in_pyenv("3.98.10", "3.98")
    machine.in_pyenv("3.981.5", "3.981")
    assert interpreters.find(["3.98", "3.9"]) == {"3.98": newest}


def test_a_broken_pyenv_folder_falls_back_to_path(machine: Machine) -> None:
    broken = machine.in_pyenv("3.98.2", "3.98")
    broken.write_text(f"#!/bin/sh\n{BROKEN_SHIM}\n")
    other = machine.on_path("python3.98", f"echo 3.98; echo {machine.path}/python3.98")
    assert interpreters.find(["3.98"]) == {"3.98": other}


def test_the_running_interpreter_is_found_without_any_other(machine: Machine) -> None:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert version in interpreters.find([version])
