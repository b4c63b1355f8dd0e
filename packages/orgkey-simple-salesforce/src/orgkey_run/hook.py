"""The import hook: when simple_salesforce has been imported, replace or observe what is in it."""

from __future__ import annotations

import importlib.util
import os
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.machinery import ModuleSpec

__all__ = ["LOG_VARIABLE", "MODE_VARIABLE", "Mode", "arm"]

# How the command tells the Pythons that it starts what to do.
MODE_VARIABLE: Final = "ORGKEY_RUN"
LOG_VARIABLE: Final = "ORGKEY_RUN_LOG"

_WATCHED: Final = "simple_salesforce"


class Mode(StrEnum):
    """What ``orgkey run`` does with password logins."""

    REPLACE = "replace"
    OBSERVE = "observe"


def arm() -> None:
    """Do what the environment says, once simple_salesforce is imported; at once where it is imported already."""
    mode = os.environ.get(MODE_VARIABLE)
    if mode == Mode.REPLACE:
        _when_imported(_replace)
    elif mode == Mode.OBSERVE:
        _when_imported(_observe)


def _replace() -> None:
    from orgkey_simple_salesforce.replacement import install

    install()


def _observe() -> None:
    from orgkey_simple_salesforce.observation import observe

    observe(os.environ[LOG_VARIABLE])


def _when_imported(act: Callable[[], None]) -> None:
    if _WATCHED in sys.modules:
        act()
    else:
        sys.meta_path.insert(0, _Finder(act))


class _Finder:
    """Finds simple_salesforce where it is, with a loader that acts when it is done."""

    def __init__(self, act: Callable[[], None]) -> None:
        self._act = act

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """As the import system asks every finder."""
        del path, target
        if name != _WATCHED:
            return None
        sys.meta_path.remove(self)
        try:
            spec = importlib.util.find_spec(name)
        finally:
            sys.meta_path.insert(0, self)
        if spec is not None and spec.loader is not None:
            _then(spec.loader, self._act)
        return spec


def _then(loader: Any, act: Callable[[], None]) -> None:
    """Let ``loader`` call ``act`` when it has run the module. It stays the loader that it is, for all who ask it."""
    run = loader.exec_module

    def run_and_act(module: object) -> None:
        run(module)
        act()

    loader.exec_module = run_and_act
