"""``orgkey plugins``: what is installed, what it brings, and what is broken."""

from __future__ import annotations

from dataclasses import asdict

from orgkey import plugins as registry
from orgkey.cli.options import Json  # noqa: TC001  # typer reads annotations at run time
from orgkey.cli.output import ExitCode, Output

__all__ = ["plugins"]


def plugins(as_json: Json = False) -> int:
    """List the plugins, what each brings, and why one was skipped. Exit code 1 where one was."""
    output = Output(as_json=as_json)
    found = registry.installed()
    if as_json:
        output.value([asdict(plugin) for plugin in found])
    else:
        rows = [(plugin.name, plugin.distribution, ", ".join(plugin.brings), plugin.problem) for plugin in found]
        output.table(("plugin", "from", "brings", "problem"), rows)
    return ExitCode.FAILED if any(plugin.problem for plugin in found) else ExitCode.OK
