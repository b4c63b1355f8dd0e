"""One case of the corpus as the command sees it: its tree, what is found, and what fixes make of it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from orgkey_codemod import check
from orgkey_codemod.model import Flow, Options, Tree
from orgkey_codemod.python.editing.cleanup import cleanup
from orgkey_codemod.rules import in_python

if TYPE_CHECKING:
    from corpus import Case

    from orgkey_codemod.check import Rewrite
    from orgkey_codemod.model import Finding

__all__ = ["PYTHON", "Inspection"]

PYTHON: Final = (".py", ".ipynb")
# What the command never looks into, and what it reads but leaves alone.
_EXCLUDED: Final = frozenset({".venv", "node_modules", "site-packages"})
_VENDORED: Final = frozenset({"third_party", "vendor"})


@dataclass
class Inspection:
    """What the rules for Python code say about one tree."""

    case: Case
    changed: dict[PurePosixPath, bytes] | None = None
    """The tree after a fix, to look at it again."""

    @cached_property
    def tree(self) -> Tree:
        """The files as the command hands them to the rules."""
        environments = {PurePosixPath(path).parent for path in self.case.before if path.endswith("pyvenv.cfg")}
        files = {
            path: content
            for name, content in self.case.before.items()
            if not _EXCLUDED & set((path := PurePosixPath(name)).parts) and not environments & set(path.parents)
        }
        vendored = frozenset(path for path in files if path.parts[0] in _VENDORED)
        return Tree(options(self.case), files | (self.changed or {}), readonly=vendored)

    @cached_property
    def findings(self) -> list[Finding]:
        """What is found."""
        return check.examine(self.tree, in_python.RULES)

    def fixed(self, *, unsafe: bool = False) -> Rewrite:
        """What a fix makes of it."""
        return check.rewrite(self.tree, self.findings, unsafe=unsafe, cleanup=cleanup)


def options(case: Case) -> Options:
    """The options of a case, by its arguments and its configuration."""
    table = tomllib.loads(case.before.get("pyproject.toml", b"").decode()).get("tool", {}).get("orgkey-migrate", {})
    flow = "client-credentials" if "client-credentials" in case.options else table.get("flow", "jwt")
    return Options(
        flow=Flow(flow),
        docs="--docs" in case.options,
        tests="--tests" in case.options,
        wrappers=tuple(table.get("wrappers", ())),
        accept_run_as=table.get("accept-run-as", False),
    )
