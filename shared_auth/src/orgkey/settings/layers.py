"""Where a setting comes from: arguments, environment or profile, each able to name its own settings."""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Final

from orgkey.carriers import HTTPSettings
from orgkey.grants.base import quotes_problem
from orgkey.keys import Signer
from orgkey.secrets import Secret
from orgkey.session import SessionOptions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = [
    "OPTION_NAMES",
    "Layer",
    "Setting",
    "allows_loopback_http",
    "environment_layer",
    "first",
    "kept",
    "kind_problems",
    "why_missing",
    "without_quotes",
]

_TEXT: Final = (str,)
_FILE: Final = (str, os.PathLike)
_SECRET: Final = (Secret,)
_SEVERAL: Final = (str, list, tuple, set, frozenset)

# What can be set in the environment as SALESFORCE_<NAME>, in a profile as <name>, and as an argument.
_SETTINGS: Final[dict[str, tuple[type, ...]]] = {
    "login_url": _TEXT,
    "domain": _TEXT,
    "client_id": _TEXT,
    "client_secret": _SECRET,
    "private_key": (Secret, Signer),
    "private_key_file": _FILE,
    "private_key_passphrase": _SECRET,
    "username": _TEXT,
    "audience": _TEXT,
    "grant": _TEXT,
    "ca_file": _FILE,
}
# What can be set as an argument and, but for the last, in a profile: the session's own options.
_OPTIONS: Final[dict[str, tuple[type, ...]]] = {
    "required_scopes": _SEVERAL,
    "session_timeout": (int, float),
    "trusted_hosts": _SEVERAL,
    "allow_loopback_http": (bool,),
    "accept_new_org": (bool,),
    "accept_new_user": (bool,),
    "attempts": (int,),
    "http": (str, HTTPSettings),
}
_KINDS: Final = _SETTINGS | _OPTIONS
# A passphrase is whatever somebody thought of, with quotes or without.
_NEVER_IN_QUOTES: Final = tuple(name for name in _SETTINGS if name != "private_key_passphrase")
# How alike two names of variables are, without their underscores, where one is the other misspelt by a letter or two.
# Names of other programs, such as SALESFORCE_INSTANCE_URL or SALESFORCE_CLIENT_KEY, are further away.
_ALIKE: Final = 0.93
_TRUE: Final = frozenset({"1", "true", "yes", "on"})

OPTION_NAMES: Final = tuple(option.name for option in fields(SessionOptions))


@dataclass(frozen=True, slots=True)
class Setting:
    """A value and how its owner would name it: ``SALESFORCE_CLIENT_ID``, ``client_id=``, ``client_id in profile x``."""

    where: str
    value: Any = field(repr=False)


@dataclass(frozen=True, slots=True)
class Layer:
    """One place that settings come from."""

    kind: str  # "arguments", "environment" or "profile"
    settings: Mapping[str, Setting]

    def get(self, name: str) -> Setting | None:
        """The setting ``name``, where this layer has it."""
        return self.settings.get(name)


def first(layers: tuple[Layer, ...], name: str) -> Setting | None:
    """The setting ``name`` of the first layer that has it."""
    return next((setting for layer in layers if (setting := layer.get(name))), None)


@dataclass(frozen=True, slots=True)
class _WrongKind:
    """Stands where a value was that cannot be used: only its kind is kept, since it may be a misplaced secret."""

    kind: str


def kept(values: Mapping[str, Any]) -> dict[str, Any]:
    """``values`` with secrets wrapped and unusable values gone, so that no later frame has a plain secret in it."""
    return {name: _kept(name, value) for name, value in values.items() if value is not None}


def _kept(name: str, value: object) -> object:
    kinds = _KINDS.get(name, ())
    if isinstance(value, str) and Secret in kinds:
        return Secret(value)
    usable = isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool))
    return value if usable else _WrongKind(type(value).__name__)


def kind_problems(layer: Layer) -> list[str]:
    """What of ``layer`` is no setting at all, or of the wrong kind."""
    problems = []
    for name, setting in layer.settings.items():
        if name not in _KINDS:
            near = difflib.get_close_matches(name, _KINDS, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"Settings are: {', '.join(_KINDS)}."
            problems.append(f"{setting.where} is not a setting. {hint}")
        elif isinstance(setting.value, _WrongKind):
            kinds = " or ".join("str" if kind is Secret else kind.__name__ for kind in _KINDS[name])
            problems.append(f"{setting.where} must be {kinds}, not {setting.value.kind}.")
    return problems


def without_quotes(layers: tuple[Layer, ...]) -> tuple[tuple[Layer, ...], list[str]]:
    """``layers`` without the quotes that stand around the whole of a value that counts, and a problem for each."""
    problems: list[str] = []
    for name in _NEVER_IN_QUOTES:
        setting = first(layers, name)
        if setting is None or not isinstance(setting.value, (str, Secret)):
            continue
        problem = quotes_problem(setting.value, setting.where)
        if problem:
            problems.append(problem)
            mended = replace(setting, value=_unquoted(setting.value))
            layers = tuple(
                Layer(layer.kind, {**layer.settings, name: mended}) if layer.get(name) is setting else layer
                for layer in layers
            )
    return layers, problems


def _unquoted(value: str | Secret) -> str | Secret:
    return Secret(value.reveal()[1:-1]) if isinstance(value, Secret) else value[1:-1]


def why_missing(*names: str) -> str:
    """What the environment has that looks like one of the missing settings ``names``: set to nothing, or misspelt."""
    wanted = {_squeezed(variable): variable for variable in map(_variable, names)}
    hints = [f"{variable} is set to nothing." for variable in wanted.values() if variable in os.environ]
    for found in os.environ.keys() - set(map(_variable, _SETTINGS)):
        near = difflib.get_close_matches(_squeezed(found), wanted, n=1, cutoff=_ALIKE)
        hints += [f"{found} is set: did you mean {wanted[name]}?" for name in near]
    return " ".join(sorted(hints))


def _variable(name: str) -> str:
    return f"SALESFORCE_{name.upper()}"


def _squeezed(variable: str) -> str:
    return variable.replace("_", "").upper()


def environment_layer() -> Layer:
    """The layer of the environment; a variable that is set to nothing counts as not set."""
    return Layer("environment", dict(_from_environment()))


def allows_loopback_http() -> bool:
    """Whether ORGKEY_ALLOW_LOOPBACK_HTTP permits plain http to this machine."""
    setting = environment_layer().get("allow_loopback_http")
    return setting is not None and setting.value


def _from_environment() -> Iterator[tuple[str, Setting]]:
    for name in _SETTINGS:
        variable = _variable(name)
        if os.environ.get(variable, "").strip():
            yield name, Setting(variable, _kept(name, os.environ[variable]))
    loopback = "ORGKEY_ALLOW_LOOPBACK_HTTP"
    if os.environ.get(loopback, "").strip():
        yield "allow_loopback_http", Setting(loopback, os.environ[loopback].strip().lower() in _TRUE)
    library = "ORGKEY_HTTP"
    if os.environ.get(library, "").strip():
        yield "http", Setting(library, os.environ[library].strip())
