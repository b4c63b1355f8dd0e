"""Puts the installed drop-ins in place of the classes they replace, for programs that nobody can edit."""

from __future__ import annotations

from orgkey import plugins
from orgkey.errors import ConfigError

__all__ = ["install"]


def install() -> list[str]:
    """Put every installed drop-in in its place, in this process, whether the replaced library is imported yet or not.

    ``orgkey run`` does the same from outside. Returns the names of what was replaced (``simple-salesforce``). Raises
    :class:`~orgkey.errors.ConfigError` where no drop-in is installed.
    """
    replacements = plugins.replacements()
    if not replacements:
        raise ConfigError("There is no drop-in to install. For simple-salesforce: pip install orgkey-simple-salesforce")
    for replacement in replacements.values():
        replacement.install()
    return list(replacements)
