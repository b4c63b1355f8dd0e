# ruff: noqa: INP001, PTH100, PTH120, PTH123  # a folder for PYTHONPATH, in every program's start: it imports next to nothing
"""The first module that a Python started by ``orgkey run`` imports: arms the hook, then makes way.

PYTHONPATH has only this folder more than without ``orgkey run``. A sitecustomize that this one stands before is run
afterwards, as it would have been.
"""

from __future__ import annotations

import os
import sys
from importlib.machinery import PathFinder
from importlib.util import module_from_spec

HERE = os.path.dirname(os.path.abspath(__file__))


def arm() -> None:
    """Arm the hook. A Python that does not have it must not log in with a password unseen."""
    try:
        from orgkey_run import hook
    except ImportError:
        sys.meta_path.insert(0, Unequipped)
    else:
        hook.arm()


class Unequipped:
    """Stands in for the hook in a Python without orgkey-simple-salesforce, such as another virtual environment's."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> None:
        """Refuse simple_salesforce or, where it is only observed, note that it is not."""
        del path, target
        if name != "simple_salesforce":
            return
        if os.environ.get("ORGKEY_RUN") == "observe":
            with open(os.environ["ORGKEY_RUN_LOG"], "a", encoding="utf-8") as log:
                log.write('{"unobserved": "' + sys.executable.replace("\\", "\\\\") + '"}\n')
            return
        raise ImportError(
            f"orgkey run: {sys.executable} has no orgkey-simple-salesforce, so password logins would go through there. "
            f"Install it: {sys.executable} -m pip install orgkey-simple-salesforce"
        )


def make_way() -> None:
    """Run the sitecustomize that would have been run without this one."""
    elsewhere = [entry for entry in sys.path if os.path.abspath(entry) != HERE]
    spec = PathFinder.find_spec("sitecustomize", elsewhere)
    if spec is not None and spec.loader is not None:
        sys.modules["sitecustomize"] = module = module_from_spec(spec)
        spec.loader.exec_module(module)


arm()
make_way()
