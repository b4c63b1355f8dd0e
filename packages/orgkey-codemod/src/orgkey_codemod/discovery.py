"""Which files a run looks at: what git knows or a walk finds, and of those what speaks of Salesforce at all."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from orgkey_codemod.model import Failure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Found", "discover"]

_NEEDLES: Final = (b"alesforce", b"SALESFORCE", b"beatbox")
_READ: Final = frozenset({".py", ".pyw", ".ipynb"})
_EXCLUDED: Final = frozenset(
    ".git .hg .svn node_modules site-packages .venv venv __pycache__ .tox .nox .mypy_cache".split()  # noqa: SIM905
)
_VENDORED: Final = frozenset({"vendor", "vendored", "_vendor", "third_party"})
_LARGEST: Final = 5_000_000
"""Bytes above which a file is not code that somebody wrote; it is named and passed over."""
_KEY: Final = re.compile(rb"[\"']([A-Z][A-Z0-9_]*(?:PASS|PWD|TOKEN|SECRET)[A-Z0-9_]*)[\"']")
_IMPORTED: Final = re.compile(rb"^\s*(?:from\s+([.\w]+)|import\s+([\w.]+))", re.MULTILINE)


@dataclass
class Found:
    """What a search came back with; paths are below the root."""

    files: dict[PurePosixPath, bytes] = field(default_factory=dict)
    vendored: frozenset[PurePosixPath] = frozenset()
    scanned: int = 0
    failures: list[Failure] = field(default_factory=list)


def discover(root: Path, only: Iterable[Path] = ()) -> Found:
    """Search the files below ``root``, or those that are named.

    A second look takes in what the first ones import, what imports them, and what reads the same variables: it decides
    whether a name is dead. Files that cannot be read, and those above 5 MB, are named and passed over.
    """
    found = Found()
    candidates = [path for path in _paths(root, list(only)) if path.suffix in _READ]
    for path in candidates:
        found.scanned += 1
        content = _read(root, path, found)
        if content is not None and any(needle in content for needle in _NEEDLES):
            found.files[path] = content
    if found.files and not only:
        _related(root, candidates, found)
    found.vendored = frozenset(path for path in found.files if _VENDORED & set(path.parts[:-1]))
    return found


def _related(root: Path, candidates: list[PurePosixPath], found: Found) -> None:
    first = dict(found.files)
    stems = {path.parent.name if path.stem == "__init__" else path.stem for path in first}
    needles = {stem.encode() for stem in stems if stem} | {key for text in first.values() for key in _KEY.findall(text)}
    wanted = {
        name for text in first.values() for pair in _IMPORTED.findall(text) for name in b"".join(pair).split(b".")
    }
    pattern = re.compile(rb"\b(?:" + b"|".join(map(re.escape, sorted(needles))) + rb")\b")
    tops = {path.parts[0] if len(path.parts) > 1 else "" for path in first}
    for path in candidates:
        if path in first or ("" not in tops and path.parts[0] not in tops):
            continue
        content = _read(root, path, found)
        name = (path.parent.name if path.stem == "__init__" else path.stem).encode()
        if content is not None and (name in wanted or pattern.search(content)):
            found.files[path] = content


def _read(root: Path, path: PurePosixPath, found: Found) -> bytes | None:
    try:
        with (root / path).open("rb") as file:
            if os.fstat(file.fileno()).st_size > _LARGEST:
                _fail(found, path, "is larger than 5 MB and was passed over")
                return None
            return file.read()
    except OSError as error:
        _fail(found, path, f"cannot be read: {error.strerror}")
        return None


def _fail(found: Found, path: PurePosixPath, message: str) -> None:
    failure = Failure(path, message)
    if failure not in found.failures:
        found.failures.append(failure)


def _paths(root: Path, only: list[Path]) -> list[PurePosixPath]:
    if only:
        return [PurePosixPath(path.resolve().relative_to(root).as_posix()) for path in only]
    listed = _from_git(root)
    paths = listed if listed is not None else _walk(root)
    return sorted({path for path in paths if not _EXCLUDED & set(path.parts[:-1])})


def _from_git(root: Path) -> list[PurePosixPath] | None:
    """What git knows, and what it would take in; None where there is no repository."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=60)  # noqa: S603 - fixed words
    except (OSError, subprocess.TimeoutExpired):
        return None
    if done.returncode:
        return None
    names = [PurePosixPath(os.fsdecode(name)) for name in done.stdout.split(b"\0") if name]
    environments = {name.parent for name in names if name.name == "pyvenv.cfg"}
    kept = [name for name in names if not environments & set(name.parents)]
    return [name for name in kept if (root / name).is_file() and not (root / name).is_symlink()]


def _walk(root: Path) -> Iterator[PurePosixPath]:
    for folder, folders, names in os.walk(root):
        if "pyvenv.cfg" in names:
            folders.clear()
            continue
        folders[:] = [name for name in folders if name not in _EXCLUDED]
        base = PurePosixPath(Path(folder).relative_to(root).as_posix())
        yield from (base / name for name in names if not Path(folder, name).is_symlink())
