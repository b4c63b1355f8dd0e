"""Settings that come in as plain data, checked against the signature of what they are settings of."""

from __future__ import annotations

import difflib
import inspect
import types
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

__all__ = ["Lookup", "SettingsError", "accepted", "bind", "check", "unknown"]

Lookup = Mapping[type, Callable[[str], object]]
"""How a text becomes an object, for parameters that take one: a username becomes a `User`."""

_KINDS: Final = {str: "text", bool: "true or false", int: "a whole number", float: "a number"}
_LISTS: Final = (Iterable, tuple, list, set, frozenset)


class SettingsError(ValueError):
    """What is wrong, and under which key. ``path`` leads there: names of tables and keys, and places in lists."""

    def __init__(self, path: tuple[str | int, ...], reason: str) -> None:
        super().__init__(reason)
        self.path = path
        self.reason = reason

    @property
    def key(self) -> str:
        """The path as people write it: ``orgs[0].apps[1].flows``."""
        text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in self.path)
        return text.removeprefix(".")

    def under(self, *path: str | int) -> SettingsError:
        """The same error, seen from further out."""
        return SettingsError((*path, *self.path), self.reason)


def bind(function: Callable[..., Any], settings: object, lookup: Lookup | None = None) -> dict[str, Any]:
    """Return ``settings`` as keyword arguments for ``function``: names known, none missing, values of the right type.

    Raises SettingsError.
    """
    known = accepted(function)
    if not isinstance(settings, Mapping):
        raise SettingsError((), f"must be a table of settings, not {_shown(settings)}")
    for name in settings:
        if name not in known:
            raise SettingsError((str(name),), unknown(str(name), known))
    parameters = inspect.signature(function).parameters
    for name in known:
        if name not in settings and parameters[name].default is inspect.Parameter.empty:
            raise SettingsError((name,), "is missing")
    return {name: check(known[name], value, lookup or {}, (name,)) for name, value in settings.items()}


def accepted(function: Callable[..., Any]) -> dict[str, Any]:
    """The parameters of ``function`` and their types."""
    hints = get_type_hints(function)
    return {name: hints[name] for name in inspect.signature(function).parameters if name in hints}


def check(wanted: Any, value: object, lookup: Lookup, path: tuple[str | int, ...]) -> Any:
    """Return ``value`` as the type ``wanted``.

    Raises SettingsError.
    """
    origin, arguments = get_origin(wanted), get_args(wanted)
    if origin in {Union, types.UnionType}:
        return _check_union(arguments, value, lookup, path)
    if origin is Literal:
        if value not in arguments:
            raise SettingsError(path, f"must be one of {', '.join(map(str, arguments))}, not {_shown(value)}")
        return value
    if origin in _LISTS:
        if not isinstance(value, list | tuple):
            raise SettingsError(path, f"must be a list, not {_shown(value)}")
        return tuple(check(arguments[0], each, lookup, (*path, place)) for place, each in enumerate(value))
    if origin is dict:
        if not isinstance(value, Mapping):
            raise SettingsError(path, f"must be a table, not {_shown(value)}")
        return {str(name): check(arguments[1], each, lookup, (*path, str(name))) for name, each in value.items()}
    if wanted in lookup:
        return _look_up(wanted, value, lookup, path)
    return _check_plain(wanted, value, path)


def _check_union(choices: tuple[Any, ...], value: object, lookup: Lookup, path: tuple[str | int, ...]) -> Any:
    if value is None and type(None) in choices:
        return None
    others = [each for each in choices if each is not type(None)]
    for choice in others[:-1]:
        try:
            return check(choice, value, lookup, path)
        except SettingsError:
            continue
    return check(others[-1], value, lookup, path)


def _look_up(wanted: Any, value: object, lookup: Lookup, path: tuple[str | int, ...]) -> object:
    found = lookup[wanted](value) if isinstance(value, str) else None
    if found is None:
        raise SettingsError(path, f"names no {wanted.__name__.lower()} there is: {_shown(value)}")
    return found


def _check_plain(wanted: Any, value: object, path: tuple[str | int, ...]) -> Any:
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
        raise SettingsError(path, f"must be {_KINDS.get(wanted, wanted.__name__)}, not {_shown(value)}")
    return value


def unknown(name: str, known: Iterable[str]) -> str:
    """What to say about a name that is not among those known."""
    close = difflib.get_close_matches(name, tuple(known), n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(sorted(known))}"
    return f"is no setting; {hint}"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."  # noqa: PLR2004 - three dots shorter
