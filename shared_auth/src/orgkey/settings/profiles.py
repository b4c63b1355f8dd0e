"""The profile file: named sets of settings in TOML, in the platform's configuration directory."""

from __future__ import annotations

import codecs
import os
import stat
import tomllib
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from orgkey.errors import ConfigError, SettingsWarning
from orgkey.secrets import Secret
from orgkey.settings.layers import Layer, Setting, kept, kind_problems

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = ["missing_file_problem", "profile_file", "profile_layer", "profile_names", "require_profile"]

_OTHERS_MAY_READ: Final = stat.S_IRGRP | stat.S_IROTH


def profile_file() -> Path:
    """Where profiles are kept: ORGKEY_CONFIG, else ``profiles.toml`` in the platform's configuration directory."""
    named = _named_file()
    if named is not None:
        return named
    from platformdirs import user_config_path

    return user_config_path("orgkey") / "profiles.toml"


def profile_names() -> list[str]:
    """The names of all profiles, in the file's order; none where there is no file."""
    return list(_tables(profile_file(), asked_for=False))


def missing_file_problem() -> str:
    """That ORGKEY_CONFIG names no file: worth a word where settings are missing, which may be meant to be in it."""
    named = _named_file()
    return "" if named is None or named.exists() else f"ORGKEY_CONFIG names {named}, and there is no such file."


def profile_layer(name: str | None) -> Layer | None:
    """The settings of the profile ``name``; without a name those of ``default``, where there is such a profile.

    Raises :class:`~orgkey.errors.ConfigError` that names the file, the profile and the key.
    """
    path = profile_file()
    tables = _tables(path, asked_for=name is not None)
    if name is None:
        name = "default"
        if name not in tables:
            return None
    _require(name, tables, path)
    return _checked(tables[name], name, path)


def require_profile(name: str) -> None:
    """Raise :class:`~orgkey.errors.ConfigError` where there is no profile of that name; it says which there are."""
    path = profile_file()
    _require(name, _tables(path, asked_for=True), path)


def _require(name: str, tables: Collection[str], path: Path) -> None:
    if name not in tables:
        known = ", ".join(tables) or ("none" if path.exists() else "none; there is no such file")
        raise ConfigError(f"There is no profile {name!r} in {path}. Profiles there: {known}.")


def _named_file() -> Path | None:
    named = os.environ.get("ORGKEY_CONFIG")
    return Path(named).expanduser() if named else None


def _tables(path: Path, *, asked_for: bool) -> dict[str, Mapping[str, Any]]:
    """The profiles in the file at ``path``; none where there is no file.

    A folder that this user may not enter, as in a container whose HOME is another user's, has no file for him, unless
    a profile is ``asked_for`` or ORGKEY_CONFIG names the file.
    """
    try:
        with path.open("rb") as file:
            document = _wrapped(tomllib.load(_behind_mark(file, path)))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        if _is_hidden(path) and not asked_for and _named_file() is None:
            return {}
        raise ConfigError(f"The profile file {path} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"The profile file {path} is not valid TOML: {error}.") from None
    wrong = [name for name, table in document.items() if table is None]
    if wrong:
        raise ConfigError(f"{wrong[0]!r} in {path} stands outside a profile. Put it under a heading such as [default].")
    return document


def _behind_mark(file: BinaryIO, path: Path) -> BinaryIO:
    """``file`` behind the byte order mark that Windows editors put at the beginning of UTF-8."""
    mark = file.read(len(codecs.BOM_UTF8))
    if mark.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise ConfigError(
            f"The profile file {path} is UTF-16, as some Windows editors save text, where UTF-8 belongs. Save it anew: "
            f"iconv -f UTF-16 -t UTF-8 {path.name} > utf8.toml"
        )
    file.seek(len(mark) if mark == codecs.BOM_UTF8 else 0)
    return file


def _is_hidden(path: Path) -> bool:
    """Whether a folder on the way may not be entered, so that nobody here can say whether there is such a file."""
    try:
        path.stat()
    except PermissionError:
        return True
    return False


def _wrapped(document: dict[str, Any]) -> dict[str, Any]:
    return {name: kept(table) if isinstance(table, dict) else None for name, table in document.items()}


def _checked(table: Mapping[str, Any], profile: str, path: Path) -> Layer:
    place = f"in profile {profile!r} of {path}"
    layer = Layer("profile", {key: Setting(f"{key!r} {place}", value) for key, value in table.items()})
    problems = kind_problems(layer)
    if problems:
        raise ConfigError(problems)
    holds_secrets = any(isinstance(value, Secret) for value in table.values())
    if holds_secrets and os.name == "posix" and path.stat().st_mode & _OTHERS_MAY_READ:
        warnings.warn(
            f"{path} holds secrets and can be read by others on this machine: chmod 600 {path}",
            SettingsWarning,
            stacklevel=2,
        )
    return layer
