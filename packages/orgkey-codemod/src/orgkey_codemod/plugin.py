"""What orgkey-codemod registers with the core, where that is installed: ``orgkey migrate``."""

from __future__ import annotations

from typing import Any

from orgkey import CommandPlugin, hookimpl

__all__: list[str] = []


@hookimpl
def orgkey_commands() -> list[CommandPlugin]:
    """``orgkey migrate check`` and ``orgkey migrate fix``."""
    return [CommandPlugin("migrate", _load)]


def _load() -> Any:
    from orgkey_codemod.commands import app

    return app
