"""World files: orgs, users, apps and policies in TOML. Every error names the file, the line and the key."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any, Final

from orgkey_sim.builder import at, build_org
from orgkey_sim.settings import SettingsError, unknown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from orgkey_sim.world import World

__all__ = ["WorldFileError", "load"]

_HEADER: Final = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY: Final = re.compile(r"\s*([\w.\"'-]+)\s*=")
_SYNTAX_LINE: Final = re.compile(r"\(at line (\d+), column \d+\)")

Path_ = tuple[str | int, ...]


class WorldFileError(Exception):
    """What is wrong with a world file, and where."""

    def __init__(self, file: Path, line: int | None, key: str, reason: str) -> None:
        where = f"{file}:{line}" if line else str(file)
        super().__init__(f"{where}: {key}: {reason}" if key else f"{where}: {reason}")
        self.file = file
        self.line = line
        self.key = key


def load(path: Path, world: World) -> None:
    """Create the orgs that a world file describes; README.md shows one. Paths in it start from its own directory.

    Raises WorldFileError.
    """
    text = _read(path)
    try:
        _build(_parse(path, text), path.parent, world)
    except SettingsError as error:
        raise WorldFileError(path, _Lines(text).find(error.path), error.key, error.reason) from None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise WorldFileError(path, None, "", f"cannot read the world file: {error.strerror}") from None
    except UnicodeDecodeError:
        raise WorldFileError(path, None, "", "the world file is not UTF-8 text") from None


def _parse(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = _SYNTAX_LINE.search(str(error))
        reason = _SYNTAX_LINE.sub("", str(error)).strip()
        raise WorldFileError(path, int(found[1]) if found else None, "", f"not TOML: {reason}") from None


def _build(document: Mapping[str, Any], directory: Path, world: World) -> None:
    for name in document:
        if name != "orgs":
            raise SettingsError((name,), unknown(name, ["orgs"]))
    orgs = document.get("orgs", [])
    if not isinstance(orgs, list):
        raise SettingsError(("orgs",), "must be a list of tables: write [[orgs]]")
    for place, org in enumerate(orgs):
        with at("orgs", place):
            build_org(world, org, directory)


class _Lines:
    """Which line of a TOML text a key stands in. tomllib does not say, so the text is scanned for headers and keys."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path_, int] = {}
        self._counts: dict[Path_, int] = {}
        table: Path_ = ()
        for number, line in enumerate(text.splitlines(), 1):
            header = _HEADER.match(line)
            if header:
                table = self._open(_parts(header[2]), is_list=header[1] == "[[")
                self._lines.setdefault(table, number)
                continue
            key = _KEY.match(line)
            if key:
                self._lines.setdefault((*table, *_parts(key[1])), number)

    def find(self, path: Path_) -> int | None:
        """The line of the innermost part of ``path`` that has one."""
        for length in range(len(path), 0, -1):
            if path[:length] in self._lines:
                return self._lines[path[:length]]
        return None

    def _open(self, parts: list[str], *, is_list: bool) -> Path_:
        """The path that a header means: names of lists stand for their latest table."""
        path: Path_ = ()
        for part in parts[:-1]:
            path = self._latest((*path, part))
        path = (*path, parts[-1])
        if not is_list:
            return self._latest(path)
        self._counts[path] = self._counts.get(path, -1) + 1
        return (*path, self._counts[path])

    def _latest(self, path: Path_) -> Path_:
        return (*path, self._counts[path]) if path in self._counts else path


def _parts(dotted: str) -> list[str]:
    return [part.strip().strip("\"'") for part in dotted.split(".")]
