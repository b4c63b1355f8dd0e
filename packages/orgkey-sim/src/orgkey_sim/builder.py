"""Makes orgs out of plain settings, as a world file or the control API gives them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, get_type_hints

from orgkey_sim.model import App, Org, OrgPolicies, User
from orgkey_sim.settings import SettingsError, bind, check, unknown

if TYPE_CHECKING:
    from pathlib import Path

    from orgkey_sim.world import World

__all__ = ["at", "build_org", "create_app", "set_policies"]

_PARTS: Final = ("policies", "users", "apps")
_FILES: Final = {"private_key_file": "private_key_pem", "certificate_file": "certificate_pem"}


def build_org(world: World, settings: object, directory: Path | None = None) -> Org:
    """Create an org with its policies, users and apps, or none of it.

    ``settings`` are the parameters of `World.create_org`, and ``policies`` (the fields of `OrgPolicies`), ``users`` and
    ``apps`` (the parameters of `Org.create_user` and `Org.create_app`). Files named in them are looked up from
    ``directory``; without one, none may be named.

    Raises SettingsError.
    """
    if not isinstance(settings, Mapping):
        raise SettingsError((), "must be a table of settings")
    own = {name: value for name, value in settings.items() if name not in _PARTS}
    arguments = bind(world.create_org, own)
    with at("name"):
        org = world.create_org(**arguments)
    try:
        set_policies(org, settings.get("policies", {}))
        for place, user in enumerate(_list(settings, "users")):
            with at("users", place):
                org.create_user(**bind(org.create_user, user))
        for place, app in enumerate(_list(settings, "apps")):
            with at("apps", place):
                create_app(org, app, directory)
    except SettingsError:
        world.delete_org(org)
        raise
    return org


def create_app(org: Org, settings: object, directory: Path | None = None) -> App:
    """Create an app. ``run_as`` is a username; keys and certificates are PEM, or files that hold it.

    Raises SettingsError.
    """
    if isinstance(settings, Mapping) and directory is not None:
        settings = {_FILES.get(name, name): _read(name, value, directory) for name, value in settings.items()}
    arguments = bind(org.create_app, settings, {User: org.user})
    with at("name"):
        return org.create_app(**arguments)


def set_policies(org: Org, settings: object) -> None:
    """Set some of an org's policies.

    Raises SettingsError.
    """
    if not isinstance(settings, Mapping):
        raise SettingsError(("policies",), "must be a table of settings")
    known = get_type_hints(OrgPolicies)
    checked = {}
    for name, value in settings.items():
        if name not in known:
            raise SettingsError(("policies", name), unknown(name, known))
        checked[name] = check(known[name], value, {}, ("policies", name))
    with at("policies"):
        org.policies = replace(org.policies, **checked)


@contextmanager
def at(*path: str | int) -> Iterator[None]:
    """Turn whatever is refused inside into a `SettingsError` under ``path``."""
    try:
        yield
    except SettingsError as error:
        raise error.under(*path) from None
    except ValueError as error:
        raise SettingsError(path, str(error)) from None


def _list(settings: Mapping[str, Any], name: str) -> list[object]:
    value = settings.get(name, [])
    if not isinstance(value, list):
        raise SettingsError((name,), "must be a list of tables")
    return value


def _read(name: str, value: object, directory: Path) -> object:
    if name not in _FILES:
        return value
    if not isinstance(value, str):
        raise SettingsError((name,), "must be the path of a file")
    try:
        return (directory / value).read_text(encoding="ascii")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no PEM text"
        raise SettingsError((name,), f"cannot read {value!r}: {reason}") from None
