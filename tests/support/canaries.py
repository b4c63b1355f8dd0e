"""The search for leaked secrets: whatever the suite prints, logs or writes is searched for what looks like one.

A canary is an invented secret whose shape nothing else has. Give one to the code under test wherever it wants a
password, a client secret or a token: ``canary("client secret")``. Access tokens, assertions and private keys have a
shape of their own and need no registration. The suite's last test fails with the list of sightings.

Files that a test itself writes secrets into, as input, lie in a folder named ``given``; every other file below
pytest's temporary folder is searched.
"""

from __future__ import annotations

import re
import secrets
import subprocess
from typing import TYPE_CHECKING, Any, Final

import pytest
from typer.testing import CliRunner

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from _pytest.reports import TestReport

GIVEN: Final = "given"

SHAPES: Final = {
    "canary": re.compile(r"canary-[a-z-]+-[0-9a-f]{16}"),
    "access token": re.compile(r"\b00D[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?![A-Za-z0-9._]{16,}"),
    "refresh token": re.compile(r"\b5Aep861[A-Za-z0-9_-]{60,}"),
    "authorization code": re.compile(r"\baPrx[A-Za-z0-9_-]{60,}"),
    "JWT": re.compile(r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{40,}"),
    "private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?:\\n|\s)+[A-Za-z0-9+/=]{40,}"),
}


def canary(what: str) -> str:
    """Return a new secret that must never be seen in any output; ``what`` says in the findings which one it was."""
    return f"canary-{re.sub(r'[^a-z]+', '-', what.lower()).strip('-')}-{secrets.token_hex(8)}"


def sightings(text: str) -> list[str]:
    """Return what looks like a secret in a text, each as its kind and its first characters."""
    return [f"{kind} {hit[0][:24]}..." for kind, shape in SHAPES.items() for hit in shape.finditer(text)]


class Watch:
    """A pytest plugin that searches the output of every test as it comes in."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.searched = 0
        self._test = "before the first test"

    def search(self, where: str, *texts: object) -> None:
        """Note what looks like a secret in one of the texts; anything else than text is passed over."""
        for text in texts:
            plain = text.decode(errors="replace") if isinstance(text, bytes) else text
            if isinstance(plain, str):
                self.searched += len(plain)
                self.found += [f"{self._test}, {where}: {sighting}" for sighting in sightings(plain)]

    def search_files(self, folder: Path) -> None:
        """Search every file below a folder that no test wrote as input."""
        for path in folder.rglob("*"):
            name = path.relative_to(folder)
            if path.is_file() and not path.is_symlink() and GIVEN not in name.parts:
                self.search(str(name), path.read_bytes())

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Remember which test what follows belongs to."""
        self._test = nodeid

    def pytest_runtest_logreport(self, report: TestReport) -> None:
        """Search what pytest captured: standard output and error, and every log record."""
        for title, text in report.sections:
            self.search(title, text)

    def pytest_configure(self) -> None:
        """Search output too that a test asked for itself, which pytest then no longer reports."""
        self._tap(pytest.CaptureFixture, "readouterr", tuple)
        self._tap(subprocess.Popen, "communicate", tuple)
        self._tap(CliRunner, "invoke", lambda result: (result.output,))

    def _tap(self, owner: type, method: str, texts: Callable[[Any], tuple[object, ...]]) -> None:
        original = getattr(owner, method)

        def tapped(*arguments: Any, **options: Any) -> Any:
            result = original(*arguments, **options)
            self.search(f"{owner.__name__}.{method}", *texts(result))
            return result

        setattr(owner, method, tapped)
