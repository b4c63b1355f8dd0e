"""Real Python interpreters on this machine: each was run and said its version, so no shim stands in for one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_ANSWER_SECONDS = 20
_WHO_ARE_YOU = "import sys; print('%d.%d' % sys.version_info[:2]); print(sys.executable)"


def find(versions: Iterable[str]) -> dict[str, Path]:
    """Return the interpreter of each ``X.Y`` version that is really here; one that is missing has no entry."""
    found = ((version, _first_that_runs(version)) for version in versions)
    return {version: path for version, path in found if path}


def put_first_on_path(interpreters: Iterable[Path]) -> None:
    """Let nox and uv meet these interpreters before any shim of the same name."""
    folders = [str(path.parent) for path in interpreters]
    os.environ["PATH"] = os.pathsep.join([*dict.fromkeys(folders), os.environ.get("PATH", "")])


def _first_that_runs(version: str) -> Path | None:
    return next((path for candidate in _candidates(version) if (path := _ask(candidate, version))), None)


def _candidates(version: str) -> Iterator[Path]:
    # pyenv's folders come first: its shim of a version that is not active answers `--version` of nothing and fails.
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    yield from sorted(versions.glob(f"{version}[.-]*/bin/python"), key=_patch_number, reverse=True)
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        yield from Path(folder or ".").glob(f"python{version}{'.exe' if os.name == 'nt' else ''}")
    yield Path(sys.executable)


def _patch_number(python: Path) -> tuple[int, str]:
    folder = python.parent.parent.name
    patch = folder.rpartition(".")[2]
    return (int(patch) if patch.isdecimal() else -1, folder)


def _ask(candidate: Path, version: str) -> Path | None:
    try:
        answer = subprocess.run(
            [candidate, "-c", _WHO_ARE_YOU],
            capture_output=True,
            text=True,
            timeout=_ANSWER_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    said, executable = answer.stdout.splitlines()
    return Path(executable) if said == version else None
