"""``orgkey migrate``: the command as a part of the core's command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from orgkey import RulePackPlugin, registered
from orgkey_codemod.cli import EPILOG, main

if TYPE_CHECKING:
    from orgkey_codemod.model import Rule

__all__ = ["app"]

_NAME = "orgkey migrate"
_PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True}

app = typer.Typer(help="Find password logins to Salesforce in a repository and rewrite them.", epilog=EPILOG)


@app.callback(invoke_without_command=True)
def migrate(
    context: typer.Context,
    explain: Annotated[str, typer.Option(metavar="CODE", help="Say what a rule finds and what it makes of it.")] = "",
) -> None:
    """Find password logins to Salesforce in a repository and rewrite them."""
    if explain:
        raise typer.Exit(main(["--explain", explain], name=_NAME, packs=_packs()))
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command("check", context_settings=_PASSED_ON, add_help_option=False)
def check(context: typer.Context) -> None:
    """Find, and write nothing."""
    raise typer.Exit(main(["check", *context.args], name=_NAME, packs=_packs()))


@app.command("fix", context_settings=_PASSED_ON, add_help_option=False)
def fix(context: typer.Context) -> None:
    """Apply what is safe."""
    raise typer.Exit(main(["fix", *context.args], name=_NAME, packs=_packs()))


def _packs() -> list[Rule]:
    return [rule for pack in registered(RulePackPlugin).values() for rule in pack.load()]
