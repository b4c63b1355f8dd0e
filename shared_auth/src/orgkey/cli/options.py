"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["Json", "Profile"]


def _profiles(incomplete: str) -> list[str]:
    from orgkey.errors import ConfigError
    from orgkey.settings import profile_names

    try:
        return [name for name in profile_names() if name.startswith(incomplete)]
    except ConfigError:
        return []  # a broken profile file must not break the shell's completion


Json = Annotated[bool, typer.Option("--json", help="Print JSON, one value a line; failures too, on stderr.")]
Profile = Annotated[
    str | None,
    typer.Option("--profile", "-p", metavar="NAME", help="Profile to read settings from.", autocompletion=_profiles),
]
