"""The hooks that a plugin can implement: each returns a list of named records, and none takes an argument.

A plugin is a module or object behind an entry point of the group ``orgkey``. It marks its functions with
:data:`hookimpl` and gives them the names below.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pluggy

if TYPE_CHECKING:
    from orgkey import plugins

__all__ = ["hookimpl"]

hookimpl: Final = pluggy.HookimplMarker("orgkey")
_hookspec: Final = pluggy.HookspecMarker("orgkey")


@_hookspec
def orgkey_grants() -> list[plugins.GrantPlugin]:  # type: ignore[empty-body]  # a hookspec has no body
    """Further OAuth grants, chosen by name (SALESFORCE_GRANT)."""


@_hookspec
def orgkey_key_sources() -> list[plugins.KeySourcePlugin]:  # type: ignore[empty-body]
    """Places that private keys live in, chosen by URI scheme (SALESFORCE_PRIVATE_KEY=scheme:...)."""


@_hookspec
def orgkey_observers() -> list[plugins.ObserverPlugin]:  # type: ignore[empty-body]
    """Who is told each event."""


@_hookspec
def orgkey_health_checks() -> list[plugins.HealthCheckPlugin]:  # type: ignore[empty-body]
    """Further checks of a session's health."""


@_hookspec
def orgkey_commands() -> list[plugins.CommandPlugin]:  # type: ignore[empty-body]
    """Further commands of the ``orgkey`` command line."""


@_hookspec
def orgkey_stores() -> list[plugins.StorePlugin]:  # type: ignore[empty-body]
    """Places that tenants' records live in, chosen by URL scheme."""


@_hookspec
def orgkey_locks() -> list[plugins.LockPlugin]:  # type: ignore[empty-body]
    """Locks across processes, chosen by URL scheme."""


@_hookspec
def orgkey_key_wrappers() -> list[plugins.KeyWrapperPlugin]:  # type: ignore[empty-body]
    """What wraps the keys of envelope encryption, chosen by URI scheme."""


@_hookspec
def orgkey_notifiers() -> list[plugins.NotifierPlugin]:  # type: ignore[empty-body]
    """Where a person is told that a tenant needs them, chosen by URL scheme."""


@_hookspec
def orgkey_rule_packs() -> list[plugins.RulePackPlugin]:  # type: ignore[empty-body]
    """Further codemod rules."""


@_hookspec
def orgkey_replacements() -> list[plugins.ReplacementPlugin]:  # type: ignore[empty-body]
    """Drop-ins for a library's classes, put in their place by ``orgkey.install()``."""


@_hookspec
def orgkey_session_sources() -> list[plugins.SessionSourcePlugin]:  # type: ignore[empty-body]
    """Sessions that are kept elsewhere than in the settings, such as tenants."""
