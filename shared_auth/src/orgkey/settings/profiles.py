"""The profile file: named sets of settings in TOML, in the platform's configuration directory."""

from __future__ import annotations

import os
import stat
import tomllib
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from orgkey.errors import ConfigError, SettingsWarning
from orgkey.secrets import Secret
from orgkey.settings.layers import Layer, Setting, kept, kind_problems

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = ["profile_file", "profile_layer", "profile_names", "require_profile"]

_OTHERS_MAY_READ: Final = stat.S_IRGRP | stat.S_IROTH


def profile_file() -> Path:
    """Where profiles are kept: ORGKEY_CONFIG, else ``profiles.toml`` in the platform's configuration directory."""
    if os.environ.get("ORGKEY_CONFIG"):
        return Path(os.environ["ORGKEY_CONFIG"]).expanduser()
    from platformdirs import user_config_path

    return user_config_path("orgkey") / "profiles.toml"


def profile_names() -> list[str]:
    """The names of all profiles, in the file's order; none where there is no file."""
    path = profile_file()
    return list(_tables(path)) if path.exists() else []


def profile_layer(name: str | None) -> Layer | None:
    """The settings of the profile ``name``; without a name those of ``default``, where there is such a profile.

    Raises :class:`~orgkey.errors.ConfigError` that names the file, the profile and the key.
    """
    path = profile_file()
    tables = _tables(path) if path.exists() else {}
    if name is None:
        name = "default"
        if name not in tables:
            return None
    _require(name, tables, path)
    return _checked(tables[name], name, path)


def require_profile(name: str) -> None:
    """Raise :class:`~orgkey.errors.ConfigError` where there is no profile of that name; it says which there are."""
    path = profile_file()
    _require(name, _tables(path) if path.exists() else {}, path)


def _require(name: str, tables: Collection[str], path: Path) -> None:
    if name not in tables:
        known = ", ".join(tables) or "none"
        raise ConfigError(f"There is no profile {name!r} in {path}. Profiles there: {known}.")


def _tables(path: Path) -> dict[str, Mapping[str, Any]]:
    try:
        with path.open("rb") as file:
            document = _wrapped(tomllib.load(file))
    except OSError as error:
        raise ConfigError(f"The profile file {path} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"The profile file {path} is not valid TOML: {error}.") from None
    wrong = [name for name, table in document.items() if table is None]
    if wrong:
        raise ConfigError(f"{wrong[0]!r} in {path} stands outside a profile. Put it under a heading such as [default].")
    return document


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
