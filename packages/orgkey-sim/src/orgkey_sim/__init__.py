"""A local Salesforce that real clients log in to, unmodified."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from orgkey_sim.clock import VirtualClock
    from orgkey_sim.model import App, Org, User
    from orgkey_sim.world import World

__all__ = ["App", "Org", "User", "VirtualClock", "World"]

_HOMES = {"VirtualClock": "clock", "App": "model", "Org": "model", "User": "model", "World": "world"}


def __getattr__(name: str) -> Any:
    """Import on first use: pytest loads this package in every run, also in those that need no Salesforce."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
