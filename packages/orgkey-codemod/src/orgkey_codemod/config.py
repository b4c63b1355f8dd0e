"""``[tool.orgkey-migrate]`` in pyproject.toml: what a repository has decided once for all runs."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from orgkey_codemod.model import Flow, Options, Style

if TYPE_CHECKING:
    from collections.abc import Collection
    from enum import StrEnum
    from pathlib import Path

__all__ = ["Config", "ConfigError", "check_codes", "nearest", "read"]

_KEYS: Final = {
    "flow": str,
    "style": str,
    "docs": bool,
    "tests": bool,
    "wrappers": list,
    "accept-run-as": bool,
    "select": list,
    "ignore": list,
    "exclude": list,
    "include": list,
}
_CALLED: Final = {str: "a string", bool: "true or false", list: "an array"}
_CHOICES: Final[dict[str, type[StrEnum]]] = {"flow": Flow, "style": Style}


class ConfigError(ValueError):
    """A configuration that says something that is not understood."""


@dataclass(frozen=True)
class Config:
    """The configuration of a repository."""

    options: Options = field(default_factory=Options)
    exclude: tuple[str, ...] = ()
    include: tuple[str, ...] = ()


def nearest(path: Path) -> Config:
    """The configuration of the nearest ``pyproject.toml`` with the table, in a folder or above it in its repository.

    Raises
    ------
    ConfigError
        As :func:`read` does.

    """
    resolved = path.resolve()
    for folder in (resolved, *resolved.parents) if resolved.is_dir() else resolved.parents:
        # os.path says no where this user may not look; whether files can be read is for the search to tell
        file = folder / "pyproject.toml"
        if os.path.isfile(file) and _has_table(file):  # noqa: PTH113 - see above
            return read(file)
        if os.path.exists(folder / ".git"):  # noqa: PTH110 - see above
            break
    return Config()


def _has_table(file: Path) -> bool:
    try:
        return b"orgkey-migrate" in file.read_bytes()
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror}") from None


def check_codes(config: Config, codes: Collection[str]) -> None:
    """Raise :class:`ConfigError` for the code of a rule or family that does not exist."""
    for chosen in (*config.options.select, *config.options.ignore):
        if not any(code.startswith(chosen) for code in codes):
            raise ConfigError(f"there is no rule {chosen}; there are {', '.join(sorted(codes))}")


def read(file: Path) -> Config:
    """Read a ``pyproject.toml``, or a file with the table's keys at its top.

    Raises
    ------
    ConfigError
        For a file that is not TOML, a key that does not exist, and a value of the wrong kind.

    """
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ConfigError(f"{file} cannot be read: {error}") from None
    table: dict[str, Any] = content.get("tool", {}).get("orgkey-migrate", {})
    if file.name != "pyproject.toml" and "tool" not in content:
        table = content
    for key, value in table.items():
        if key not in _KEYS:
            raise ConfigError(f"{file}: {key} is no setting of [tool.orgkey-migrate]; there are {', '.join(_KEYS)}")
        if not isinstance(value, _KEYS[key]):
            raise ConfigError(f"{file}: {key} has to be {_CALLED[_KEYS[key]]}")
        if key in _CHOICES and value not in list(_CHOICES[key]):
            choices = " or ".join(f'"{each}"' for each in _CHOICES[key])
            raise ConfigError(f'{file}: {key} = "{value}" is none of its choices; write {choices}')
    options = Options(
        flow=Flow(table.get("flow", "jwt")),
        style=Style(table.get("style", "orgkey")),
        docs=table.get("docs", False),
        tests=table.get("tests", False),
        wrappers=tuple(table.get("wrappers", ())),
        accept_run_as=table.get("accept-run-as", False),
        select=tuple(map(str, table.get("select", ()))),
        ignore=tuple(map(str, table.get("ignore", ()))),
    )
    lists = {name: tuple(map(str, table.get(name, ()))) for name in ("exclude", "include")}
    return Config(options, **lists)
