"""Runs the agent script as a process of its own, question by question."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HERE = Path(__file__).resolve().parent
LEGACY = HERE.parent / "legacy_agent.py"
LEGACY_JOB = LEGACY.with_name("legacy_job.py")
OLD_IMPORT = "from simple_salesforce import Salesforce, format_soql"
NEW_IMPORT = "from orgkey_simple_salesforce import Salesforce, format_soql"

_LONGEST_RUN = 60.0  # seconds; a script that hangs is a failed claim, not a hung demo


def clean_environment() -> dict[str, str]:
    """The environment without anything that already points at a Salesforce."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("SALESFORCE_", "ORGKEY_"))}


def migrated_script(folder: Path) -> Path:
    """The legacy script with its import line changed, and nothing else."""
    text = LEGACY.read_text(encoding="utf-8")
    if OLD_IMPORT not in text:
        raise RuntimeError(f"{LEGACY} has no line {OLD_IMPORT!r}")
    script = folder / "agent.py"
    script.write_text(text.replace(OLD_IMPORT, NEW_IMPORT), encoding="utf-8")
    return script


def orgkey(environment: Mapping[str, str], *arguments: str) -> tuple[int, Any]:
    """Run one orgkey command. Returns its exit code and the JSON that it printed, the failure where it failed."""
    done = subprocess.run(  # noqa: S603  # the command is this file's own
        [sys.executable, "-m", "orgkey", *arguments, "--json"],
        env=dict(environment),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=_LONGEST_RUN,
        check=False,
    )
    lines = (done.stdout or done.stderr).strip().splitlines()
    return done.returncode, json.loads(lines[-1]) if lines else None


class Agent:
    """One run of a script: a conversation over its standard input and output."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115  # closed with the process
        self._process = subprocess.Popen(  # noqa: S603  # the command is this file's own
            [sys.executable, *command],
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            encoding="utf-8",
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.finish()

    def ask(self, question: str) -> str:
        """The agent's answer; empty where it ended instead."""
        assert self._process.stdin  # noqa: S101  # opened as a pipe
        assert self._process.stdout  # noqa: S101  # opened as a pipe
        try:
            self._process.stdin.write(f"{question}\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            return ""
        return self._process.stdout.readline().strip()

    def finish(self) -> tuple[int, str]:
        """Let it end. Returns its exit code and what it wrote to standard error."""
        if self._errors.closed:
            return self._process.returncode, ""
        try:
            self._process.communicate(timeout=_LONGEST_RUN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()
        except (BrokenPipeError, ValueError):
            self._process.wait(timeout=_LONGEST_RUN)
        self._errors.seek(0)
        errors = self._errors.read()
        self._errors.close()
        return self._process.returncode, errors
