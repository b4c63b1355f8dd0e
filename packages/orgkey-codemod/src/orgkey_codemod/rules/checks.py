"""What the rules about checks and about settings share: who still asks for a variable that no login reads any more."""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orgkey_codemod.learned import once
from orgkey_codemod.model import Level
from orgkey_codemod.plain.leftovers import leftovers_of
from orgkey_codemod.plain.settings import secret_keys
from orgkey_codemod.python.along.checks import Asked, Checks, is_check
from orgkey_codemod.python.along.forms import outcomes
from orgkey_codemod.python.along.keys import keys_of
from orgkey_codemod.python.along.plumbing import leaving, plumbing_of
from orgkey_codemod.python.along.sequences import Sequences
from orgkey_codemod.python.judging.verdicts import verdicts_of
from orgkey_codemod.python.reading.module import is_test
from orgkey_codemod.python.reading.project import project_of
from orgkey_codemod.python.reading.values import env_read, may_read_environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import PurePosixPath

    from orgkey_codemod.model import Edit, Reason, Tree
    from orgkey_codemod.python.along.keys import Keys
    from orgkey_codemod.python.reading.module import Module
    from orgkey_codemod.python.reading.project import Project

__all__ = ["Check", "checks_of", "key_levels"]

_KINDS: Final[tuple[type[ast.AST], ...]] = (ast.List, ast.Tuple, ast.Set, ast.If, ast.Assert)


@dataclass(frozen=True)
class Check:
    """A check that a password is there, or a list of variables that have to be."""

    module: Module
    node: ast.AST
    edits: tuple[Edit, ...]
    """What takes the password out of it; none where that is for a person to do."""
    reason: Reason | None
    """Why there are none."""


def checks_of(tree: Tree) -> list[Check]:
    """The checks of a tree, looked for once."""
    return once(tree, lambda tree: list(_checks(tree)))


def key_levels(tree: Tree) -> dict[str, Level]:
    """How far it can be trusted that a variable of a login may go, with everybody asked who names it.

    ``Level.REPORT`` says that something still reads it, or asks for it in a way that no edit changes.
    """
    return once(tree, _key_levels)


def _key_levels(tree: Tree) -> dict[str, Level]:
    levels = dict(secret_keys(tree))
    edited = {node for check in checks_of(tree) if check.edits for node in ast.walk(check.node)}
    edited |= {node for dead in plumbing_of(tree).dead if dead.edits for node in ast.walk(dead.node)}
    reads = keys_of(tree).reads
    read = {node for use in reads for node in ast.walk(use)}
    gone = _Leaving(tree)
    staying = [node for node, home in reads.items() if not gone.takes(home, node)]
    for each in (each for node in staying for each in ast.walk(node) if isinstance(each, ast.Constant)):
        if each.value in levels:
            levels[each.value] = Level.REPORT
    for module in project_of(tree).modules.values():
        if is_test(module) or not any(key in module.source.text for key in levels):
            continue
        for node in module.every(ast.Constant):
            if node.value in levels and node not in read:
                asked = Level.REVIEW if node in edited or gone.takes(module, node) else Level.REPORT
                levels[node.value] = max(levels[node.value], asked, key=list(Level).index)
    return levels


class _Leaving:
    """What goes with the logins: nodes, and the bytes of each file that edits take away."""

    def __init__(self, tree: Tree) -> None:
        verdicts = [each for each in verdicts_of(tree).logins if each.edits and not each.is_left(tree)]
        self.nodes: Final = leaving(tree)
        self.edits: Final[dict[PurePosixPath, list[Edit]]] = defaultdict(list)
        for edits in (
            *(verdict.edits for verdict in verdicts),
            *(dead.edits for dead in plumbing_of(tree).dead),
            *(check.edits for check in checks_of(tree)),
            *(outcome.edits for outcome in outcomes(tree)),
        ):
            for edit in edits:
                self.edits[edit.path].append(edit)

    def takes(self, home: Module, read: ast.AST) -> bool:
        """Whether a read that feeds a login goes with it; a check or another use of the same name may keep it."""
        if read in self.nodes:
            return True
        offset = home.source.offset(home.start(read))
        return any(edit.start <= offset < edit.end for edit in self.edits[home.path])


# --- checks -----------------------------------------------------------------------------------------------------------


def _checks(tree: Tree) -> Iterator[Check]:
    left = leftovers_of(tree).asked
    project, keys = project_of(tree), keys_of(tree).beside(left)
    if not keys.secrets and not keys.holders:
        return
    going = {key for key, level in secret_keys(tree).items() if level is not Level.REPORT} | left.secrets
    asked = Asked(tree, keys, going)
    for module in project.modules.values():
        if module.path in tree.readonly or is_test(module) or not _may_ask(project, module, keys):
            continue
        checks = Checks(project, module, asked)
        for node in (node for kind in _KINDS for node in module.every(kind)):
            if _is_list_of_names(project, module, node, keys) or _is_check(project, module, node, keys):
                reduced = checks.without_secrets(node)
                yield Check(module, node, reduced.edits, reduced.reason)


def _may_ask(project: Project, module: Module, keys: Keys) -> bool:
    return module in project.relevant or any(key in module.source.text for key in keys.secrets)


def _is_list_of_names(project: Project, module: Module, node: ast.AST, keys: Keys) -> bool:
    """A list of variables that have to be set, the password's among others."""
    if not isinstance(node, ast.List | ast.Tuple | ast.Set):
        return False
    texts = [each.value for each in node.elts if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    if len(texts) != len(node.elts) or keys.secrets.isdisjoint(texts):
        return False
    around = module.parent(node)
    if isinstance(around, ast.Subscript) or _is_export(around):
        return False
    if not may_read_environment(module):
        return False
    statement = module.statement(node)
    if is_check(statement) and node in ast.walk(statement.test):  # type: ignore[attr-defined] # an If or an Assert
        return False  # the check as a whole is asked
    return not Sequences(project, module).is_only_looked_up(node)


def _is_export(node: ast.AST | None) -> bool:
    """Whether a statement says what a module exports."""
    return isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets)


def _is_check(project: Project, module: Module, node: ast.AST, keys: Keys) -> bool:
    """An ``if`` that gives up, or an assertion, about a secret."""
    return isinstance(node, ast.If | ast.Assert) and is_check(node) and _asks(project, module, node.test, keys)


def _asks(project: Project, module: Module, test: ast.expr, keys: Keys) -> bool:
    for node in ast.walk(test):
        if isinstance(node, ast.Name) and (module.scopes.owner.get(node), node.id) in keys.holders:
            return True
        if isinstance(node, ast.Call | ast.Subscript):
            read = env_read(project, module, node)
            if read is not None and read.key in keys.secrets:
                return True
        if isinstance(node, ast.Constant) and node.value in keys.secrets and _is_asked_for(module, node):
            return True
    return False


def _is_asked_for(module: Module, node: ast.Constant) -> bool:
    """``"SF_PASSWORD" in os.environ``, by itself or in a list of names."""
    around = module.parent(node)
    if isinstance(around, ast.Compare):
        return around.left is node
    return isinstance(around, ast.List | ast.Tuple | ast.Set)
