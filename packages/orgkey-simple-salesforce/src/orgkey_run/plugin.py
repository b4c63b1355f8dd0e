"""The plugin of this package: brings the command ``orgkey run``, and the drop-in to ``orgkey.install()``."""

from __future__ import annotations

from typing import Any

import orgkey

__all__ = ["orgkey_commands", "orgkey_replacements"]


def _load() -> Any:
    from orgkey_run.command import run

    return run


@orgkey.hookimpl
def orgkey_commands() -> list[orgkey.CommandPlugin]:
    """``run``."""
    return [orgkey.CommandPlugin("run", _load)]


@orgkey.hookimpl
def orgkey_replacements() -> list[orgkey.ReplacementPlugin]:
    """simple-salesforce's ``Salesforce`` and ``SalesforceLogin``."""
    return [orgkey.ReplacementPlugin("simple-salesforce", _install)]


def _install() -> None:
    from orgkey_simple_salesforce import install

    install()
