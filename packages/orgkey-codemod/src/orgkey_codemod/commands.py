"""``orgkey migrate``: the command as a part of the core's command line."""

import typer

from orgkey_codemod.cli import main

__all__ = ["app"]

_PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True}

app = typer.Typer(help="Find password logins to Salesforce and rewrite them.", no_args_is_help=True)


@app.command("check", context_settings=_PASSED_ON, add_help_option=False)
def check(context: typer.Context) -> None:
    """Find, and write nothing."""
    raise typer.Exit(main(["check", *context.args]))


@app.command("fix", context_settings=_PASSED_ON, add_help_option=False)
def fix(context: typer.Context) -> None:
    """Apply what is safe."""
    raise typer.Exit(main(["fix", *context.args]))
