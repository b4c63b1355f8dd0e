"""Plugins: what can be registered, and the manager that loads it, names what is broken and skips it."""

from __future__ import annotations

import os
import warnings
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, partial
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from orgkey import forks
from orgkey.errors import ConfigError, OrgkeyWarning
from orgkey.secrets import redact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from importlib import metadata

    import pluggy

    from orgkey.events import Event
    from orgkey.hookspecs import hookimpl
    from orgkey.keys.signer import Signer
    from orgkey.secrets import Secret

__all__ = [
    "CommandPlugin",
    "GrantPlugin",
    "HealthCheckPlugin",
    "InstalledPlugin",
    "KeptKey",
    "KeySourcePlugin",
    "KeyWrapperPlugin",
    "LockPlugin",
    "Manager",
    "NotifierPlugin",
    "ObserverPlugin",
    "PluginWarning",
    "ReplacementPlugin",
    "RulePackPlugin",
    "SessionSourcePlugin",
    "StorePlugin",
    "commands",
    "grants",
    "health_checks",
    "hookimpl",
    "installed",
    "key_sources",
    "manager",
    "observers",
    "registered",
    "replacements",
]

ENTRY_POINT_GROUP: Final = "orgkey"
DISABLE_VARIABLE: Final = "ORGKEY_DISABLE_PLUGINS"

# What comes with the core is registered in the same way as what comes from elsewhere.
_BUILT_IN: Final = ("orgkey.keys.builtin", "orgkey.cli.builtin")


class PluginWarning(OrgkeyWarning):
    """A plugin is broken and was skipped."""


class Record(Protocol):
    """What a plugin registers: something with a name that is unique among its kind."""

    @property
    def name(self) -> str:
        """What settings and messages call it."""
        ...


@dataclass(frozen=True, slots=True)
class _Scheme:
    """Something chosen by the scheme of a URL: ``redis`` in ``redis://localhost``."""

    scheme: str

    @property
    def name(self) -> str:
        """The scheme."""
        return self.scheme


@dataclass(frozen=True, slots=True)
class KeySourcePlugin(_Scheme):
    """Where private keys live. ``load`` is given what follows ``scheme:``, and returns PEM text or a Signer.

    It raises :class:`~orgkey.errors.ConfigError` where there is no usable key.
    """

    load: Callable[[str], Secret | str | Signer]


@dataclass(frozen=True, slots=True)
class ObserverPlugin:
    """Who is told each event. ``on_event`` is called in the thread that renews: it must be quick."""

    name: str
    on_event: Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class GrantPlugin:
    """An OAuth grant, chosen by its name in SALESFORCE_GRANT.

    ``create`` is given the settings by name (``login_url``, ``client_id``, ``client_secret`` as a Secret ...) and
    returns an :class:`orgkey.Grant`, or raises :class:`~orgkey.errors.ConfigError`.
    """

    name: str
    create: Callable[[Mapping[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class HealthCheckPlugin:
    """A check of a session's health. ``check`` is given the :class:`orgkey.OrgSession` and raises what it finds."""

    name: str
    check: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class CommandPlugin:
    """A command of the command line.

    ``load`` returns a ``typer.Typer``, mounted as a group, or a function, of which typer makes one command. It is
    called only when the command line runs, so that typer is imported there alone.
    """

    name: str
    load: Callable[[], Any]


@dataclass(frozen=True, slots=True)
class StorePlugin(_Scheme):
    """Where tenants' records live. ``open`` is given the whole URL.

    ``open_existing`` is given it too. It returns the store to be read from, as it is, and None where there is none yet:
    it makes and migrates nothing. It raises where that cannot be told. A kind of store without it is not looked into
    by what only looks, such as the completion of a shell.
    """

    open: Callable[[str], Any]
    open_existing: Callable[[str], Any] | None = None


@dataclass(frozen=True, slots=True)
class LockPlugin(_Scheme):
    """A lock across processes. ``open`` is given the whole URL."""

    open: Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class KeyWrapperPlugin(_Scheme):
    """What wraps the keys of envelope encryption. ``open`` is given the whole URI."""

    open: Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class NotifierPlugin(_Scheme):
    """Where a person is told that a tenant needs them. ``open`` is given the whole URL."""

    open: Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class RulePackPlugin:
    """Codemod rules. ``load`` returns them."""

    name: str
    load: Callable[[], Any]


@dataclass(frozen=True, slots=True)
class KeptKey:
    """A key that a session source keeps: what ``orgkey certificates`` lists of it.

    ``certificate`` is PEM, empty where none is kept. ``problem`` says what cannot be read.
    """

    name: str
    login_url: str = ""
    client_id: str = ""
    username: str = ""
    certificate: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class SessionSourcePlugin:
    """Sessions that are kept elsewhere than in the settings: ``orgkey doctor --tenant acme`` asks ``tenant``.

    ``open`` is given a name and returns a context manager that gives its :class:`orgkey.OrgSession`; it raises
    :class:`~orgkey.errors.OrgkeyError` where there is none. ``keys`` is given a name, or nothing for all, and returns
    :class:`KeptKey` records.
    """

    name: str
    open: Callable[[str], Any]
    keys: Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class ReplacementPlugin:
    """A drop-in for a library's classes. ``install`` puts it in their place in this process; it may be called again."""

    name: str
    install: Callable[[], None]


# Each kind of record with the hook that returns it, and its name in messages.
_HOOKS: Final[Mapping[type[Any], tuple[str, str]]] = MappingProxyType(
    {
        GrantPlugin: ("orgkey_grants", "grant"),
        KeySourcePlugin: ("orgkey_key_sources", "key source"),
        ObserverPlugin: ("orgkey_observers", "observer"),
        HealthCheckPlugin: ("orgkey_health_checks", "health check"),
        CommandPlugin: ("orgkey_commands", "command"),
        StorePlugin: ("orgkey_stores", "store"),
        LockPlugin: ("orgkey_locks", "lock"),
        KeyWrapperPlugin: ("orgkey_key_wrappers", "key wrapper"),
        NotifierPlugin: ("orgkey_notifiers", "notifier"),
        RulePackPlugin: ("orgkey_rule_packs", "rule pack"),
        ReplacementPlugin: ("orgkey_replacements", "replacement"),
        SessionSourcePlugin: ("orgkey_session_sources", "session source"),
    }
)

R = TypeVar("R", bound=Record)


@dataclass(slots=True)
class InstalledPlugin:
    """One plugin as ``orgkey plugins`` lists it.

    Attributes
    ----------
    name, distribution:
        Its name, and the package with version that brought it.
    brings:
        What it registers, like ``key source file``.
    problem:
        Why it was skipped, empty where nothing is wrong.

    """

    name: str
    distribution: str
    brings: list[str] = field(default_factory=list)
    problem: str = ""

    def __str__(self) -> str:
        """Its name and where it comes from: what messages call it."""
        return f"{self.name} ({self.distribution})"


class Manager:
    """All plugins of this process. A broken one is named in one :class:`PluginWarning` and skipped."""

    def __init__(self, *, entry_points: bool) -> None:
        import pluggy

        self._pluggy: pluggy.PluginManager = pluggy.PluginManager(ENTRY_POINT_GROUP)
        self._pluggy.add_hookspecs(import_module("orgkey.hookspecs"))
        self._plugins: dict[str, InstalledPlugin] = {}
        self._records: dict[type[Any], Mapping[str, Any]] = {}
        for module in _BUILT_IN:
            self._register(InstalledPlugin(module, "orgkey"), partial(import_module, module))
        for entry_point in _entry_points() if entry_points else ():
            self._register(InstalledPlugin(entry_point.name, _distribution(entry_point)), entry_point.load)

    def records(self, kind: type[R]) -> Mapping[str, R]:
        """All records of ``kind`` by name. Raises :class:`~orgkey.errors.ConfigError` where two share a name."""
        with forks.lock():
            if kind not in self._records:
                self._records[kind] = MappingProxyType(self._collect(kind))
            return self._records[kind]

    def installed(self) -> list[InstalledPlugin]:
        """All plugins, broken ones too, with what they bring."""
        for kind in _HOOKS:
            with suppress(ConfigError):  # the plugin that came second keeps it as its problem
                self.records(kind)
        return list(self._plugins.values())

    def _register(self, plugin: InstalledPlugin, load: Callable[[], object]) -> None:
        label = str(plugin)
        self._plugins[label] = plugin
        try:
            self._pluggy.register(load(), label)
            self._pluggy.check_pending()  # a misspelt hook would be ignored in silence
        except Exception as error:  # noqa: BLE001  # whatever a foreign module raises while it is imported
            if self._pluggy.has_plugin(label):
                self._pluggy.unregister(name=label)
            self._skip(plugin, f"{type(error).__name__}: {error}")

    def _collect(self, kind: type[R]) -> dict[str, R]:
        found: dict[str, R] = {}
        owners: dict[str, InstalledPlugin] = {}
        for owner, record in self._brought(kind):
            if record.name in found:
                owner.problem = (
                    f"Two plugins bring the {_HOOKS[kind][1]} {record.name!r}: {owners[record.name]} and {owner}. "
                    f"Uninstall one of them, or run without plugins: {DISABLE_VARIABLE}=1"
                )
                raise ConfigError(owner.problem)
            found[record.name], owners[record.name] = record, owner
        return found

    def _brought(self, kind: type[R]) -> Iterator[tuple[InstalledPlugin, R]]:
        hook, title = _HOOKS[kind]
        for implementation in getattr(self._pluggy.hook, hook).get_hookimpls():
            owner = self._plugins[implementation.plugin_name]
            try:
                records = list(implementation.function())
            except Exception as error:  # noqa: BLE001  # whatever foreign code raises
                self._skip(owner, f"{hook}() raised {type(error).__name__}: {error}")
                continue
            for record in records:
                if isinstance(record, kind):
                    owner.brings.append(f"{title} {record.name}")
                    yield owner, record
                else:
                    self._skip(owner, f"{hook}() returned a {type(record).__name__}, not a {kind.__name__}")

    def _skip(self, plugin: InstalledPlugin, problem: str) -> None:
        plugin.problem = redact(problem)
        text = f"The plugin {plugin} is broken and was skipped: {plugin.problem}"
        warnings.warn(text, PluginWarning, stacklevel=2)


def _entry_points() -> list[metadata.EntryPoint]:
    from importlib import metadata

    # In a fixed order: what is found must not depend on what was installed first.
    return sorted(metadata.entry_points(group=ENTRY_POINT_GROUP), key=lambda found: (found.name, _distribution(found)))


def _distribution(entry_point: metadata.EntryPoint) -> str:
    return f"{entry_point.dist.name} {entry_point.dist.version}" if entry_point.dist else "unknown package"


def manager() -> Manager:
    """The manager of this process. The first call looks for installed plugins, unless ORGKEY_DISABLE_PLUGINS is set."""
    with forks.lock():
        return _manager()


@cache
def _manager() -> Manager:
    return Manager(entry_points=os.environ.get(DISABLE_VARIABLE, "") in {"", "0"})


def grants() -> Mapping[str, GrantPlugin]:
    """Grants by name."""
    return manager().records(GrantPlugin)


def key_sources() -> Mapping[str, KeySourcePlugin]:
    """Key sources by scheme."""
    return manager().records(KeySourcePlugin)


def observers() -> Mapping[str, ObserverPlugin]:
    """Observers by name."""
    return manager().records(ObserverPlugin)


def health_checks() -> Mapping[str, HealthCheckPlugin]:
    """Health checks by name."""
    return manager().records(HealthCheckPlugin)


def commands() -> Mapping[str, CommandPlugin]:
    """Commands by name."""
    return manager().records(CommandPlugin)


def replacements() -> Mapping[str, ReplacementPlugin]:
    """Drop-ins by the name of what they replace."""
    return manager().records(ReplacementPlugin)


def registered(kind: type[R]) -> Mapping[str, R]:
    """All records of ``kind`` by name: for a package that brings a kind of its own to life."""
    return manager().records(kind)


def installed() -> list[InstalledPlugin]:
    """All plugins, broken ones too, with what they bring."""
    return manager().installed()


def __getattr__(name: str) -> object:
    if name == "hookimpl":  # pluggy is imported by whoever writes a plugin, not by whoever has none
        from orgkey.hookspecs import hookimpl

        return hookimpl
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)
