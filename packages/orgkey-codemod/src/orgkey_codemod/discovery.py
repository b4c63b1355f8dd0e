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

_EXCLUDED: Final = frozenset(
    ".git .hg .svn node_modules site-packages .venv venv __pycache__ .tox .nox .mypy_cache .ruff_cache".split()  # noqa: SIM905
)
_VENDORED: Final = frozenset({"vendor", "vendored", "_vendor", "third_party"})
_LARGEST: Final = 5_000_000
"""Bytes above which a file is not code that somebody wrote; it is named and passed over."""
_READ: Final = re.compile(
    r"\.(?:py|pyw|ipynb|ya?ml|json|toml|ini|cfg|conf|properties|env|tf|tfvars|hcl|sh|bash|zsh|ps1|bat|cmd|service"
    r"|md|markdown|mdx|rst|adoc|txt|in|lock)$"
    r"|(?:^|/)(?:[^/]*\.env(?:\.[^/]*)?|\.envrc|env\.[a-z]+|Dockerfile[^/]*|Containerfile|Procfile|Makefile|Justfile"
    r"|Jenkinsfile|Pipfile|setup\.cfg)$"
)
_PYTHON: Final = (".py", ".pyw", ".ipynb")
_KEY: Final = re.compile(rb"[\"']([A-Za-z][A-Za-z0-9_]*(?:PASS|PWD|TOKEN|SECRET|pass|token)[A-Za-z0-9_]*)[\"']")
_IMPORTED: Final = re.compile(rb"^\s*(?:from\s+([.\w]+)|import\s+([\w.]+))", re.MULTILINE)


@dataclass
class Found:
    """What a search came back with; paths are below the root."""

    files: dict[PurePosixPath, bytes] = field(default_factory=dict)
    vendored: frozenset[PurePosixPath] = frozenset()
    untracked: frozenset[PurePosixPath] = frozenset()
    scanned: int = 0
    failures: list[Failure] = field(default_factory=list)


def discover(root: Path, only: Iterable[Path] = ()) -> Found:
    """Search the files below ``root``, or those that are named.

    A second look takes in what the first ones import, what imports them, and what names the same variables: it decides
    whether a name is dead, and which settings go. Files that cannot be read, and those above 5 MB, are named and passed
    over.
    """
    found = Found()
    base = f"{root}/"
    names, untracked = _names(root, list(only))
    hits: dict[str, bytes] = {}
    for name in names:
        found.scanned += 1
        content = _read(base, name, found)
        if content is not None and (b"alesforce" in content or b"SALESFORCE" in content or b"beatbox" in content):
            hits[name] = content
    if any(name.endswith(_PYTHON) for name in hits) and not only:
        hits |= _related(base, names, hits, found)
    found.files = {PurePosixPath(name): content for name, content in hits.items()}
    found.vendored = frozenset(path for path in found.files if _VENDORED & set(path.parts[:-1]))
    found.untracked = frozenset(path for path in found.files if path.as_posix() in untracked)
    return found


# --- reading ----------------------------------------------------------------------------------------------------------


def _related(base: str, names: list[str], first: dict[str, bytes], found: Found) -> dict[str, bytes]:
    """The files beside the first hits that decide about names and variables, in the same projects."""
    code = {name: content for name, content in first.items() if name.endswith(_PYTHON)}
    keys = {key for content in code.values() for key in _KEY.findall(content)}
    imported = {
        part
        for text in code.values()
        for pair in _IMPORTED.findall(text)
        for part in b"".join(pair).split(b".")
        if part
    }
    needles = keys | {_module(name) for name in code}
    pattern = re.compile(rb"\b(?:" + b"|".join(map(re.escape, sorted(needles))) + rb")\b")
    projects = {name.split("/")[0] if "/" in name else "" for name in code}
    more: dict[str, bytes] = {}
    for name in names:
        if name in first or ("" not in projects and name.split("/")[0] not in projects):
            continue
        content = _read(base, name, found)
        if content is None:
            continue
        if pattern.search(content) or (name.endswith(_PYTHON) and _module(name) in imported):
            more[name] = content
    return more


def _module(name: str) -> bytes:
    path = PurePosixPath(name)
    return (path.parent.name if path.stem == "__init__" else path.stem).encode() or b"__init__"


def _read(base: str, name: str, found: Found) -> bytes | None:
    try:
        with open(base + name, "rb", buffering=0) as file:  # noqa: PTH123 - the way for each of 100,000 files
            content = file.read(_LARGEST + 1)
    except OSError as error:
        _fail(found, name, f"cannot be read: {error.strerror}")
        return None
    if len(content) > _LARGEST:
        _fail(found, name, "is larger than 5 MB and was passed over")
        return None
    return content


def _fail(found: Found, name: str, message: str) -> None:
    failure = Failure(PurePosixPath(name), message)
    if failure not in found.failures:
        found.failures.append(failure)


# --- names ------------------------------------------------------------------------------------------------------------


def _names(root: Path, only: list[Path]) -> tuple[list[str], set[str]]:
    """The files to read, and those of them that git does not know."""
    if only:
        return [path.resolve().relative_to(root).as_posix() for path in only], set()
    tracked = _git(root, "--cached")
    if tracked is None:
        return sorted(_walk(str(root))), set()
    others = set(_git(root, "--others", "--exclude-standard") or ())
    known = {*tracked, *others}
    folders = {name.rpartition("/")[0] for name in tracked}
    ignored = {f"{folder}/.env".lstrip("/") for folder in folders} - known
    others |= {name for name in ignored if (root / name).is_file()}
    environments = tuple(f"{name[: -len('pyvenv.cfg')]}" for name in known if name.endswith("pyvenv.cfg"))
    names = [
        name
        for name in {*known, *others}
        if _READ.search(name)
        and _EXCLUDED.isdisjoint(name.split("/")[:-1])
        and not (environments and name.startswith(environments))
        and (root / name).is_file()
        and not (root / name).is_symlink()
    ]
    return sorted(names), others


def _git(root: Path, *which: str) -> list[str] | None:
    """File names from git; None where there is no repository."""
    command = ["git", "-C", str(root), "ls-files", "-z", *which]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=60)  # noqa: S603 - fixed words
    except (OSError, subprocess.TimeoutExpired):
        return None
    return None if done.returncode else [os.fsdecode(name) for name in done.stdout.split(b"\0") if name]


def _walk(root: str) -> Iterator[str]:
    for folder, folders, names in os.walk(root):
        if "pyvenv.cfg" in names:
            folders.clear()
            continue
        folders[:] = [name for name in folders if name not in _EXCLUDED]
        for name in names:
            whole = f"{folder}/{name}"
            if _READ.search(name) and not os.path.islink(whole):  # noqa: PTH114 - see _read
                yield whole[len(root) + 1 :]
