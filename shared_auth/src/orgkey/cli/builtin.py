"""The commands that come with the core."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from orgkey.plugins import CommandPlugin, hookimpl

__all__ = ["orgkey_commands"]


def _command(name: str) -> CommandPlugin:
    def load() -> Any:
        return getattr(import_module(f"orgkey.cli.{name}"), name)

    return CommandPlugin(name, load)


@hookimpl
def orgkey_commands() -> list[CommandPlugin]:
    """All of them, in the order in which the help lists them."""
    return [_command(name) for name in ("setup", "doctor", "certificates", "explain", "whoami", "query", "plugins")]
