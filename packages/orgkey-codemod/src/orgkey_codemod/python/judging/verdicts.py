"""What becomes of all logins of a tree together: of those that share an import, a class or a set of settings."""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from orgkey_codemod.learned import once
from orgkey_codemod.model import Level, Reason, Style
from orgkey_codemod.python.judging.login import TROUBLES, judge
from orgkey_codemod.python.judging.verdict import Verdict
from orgkey_codemod.python.libraries import CLASSES
from orgkey_codemod.python.logins import imports
from orgkey_codemod.python.logins.calls import Login, find, subclasses
from orgkey_codemod.python.logins.pairs import of_several
from orgkey_codemod.python.reading.project import project_of

if TYPE_CHECKING:
    from orgkey_codemod.model import Tree
    from orgkey_codemod.python.logins.calls import Subclass
    from orgkey_codemod.python.reading.project import Project

__all__ = ["Verdicts", "verdicts_of"]

_SEVERAL: Final = (
    "the program logs in as several users, and by one set of settings each of them may reach the same org: see"
    " orgkey-tenants"
)


@dataclass
class Verdicts:
    """All that is decided about the logins of one tree."""

    logins: list[Verdict] = field(default_factory=list)
    subclasses: list[Subclass] = field(default_factory=list)


def verdicts_of(tree: Tree) -> Verdicts:
    """The verdicts about a tree, decided once."""
    return once(tree, _decide)


def _decide(tree: Tree) -> Verdicts:
    project = project_of(tree)
    found = Verdicts()
    heirs = subclasses(project)
    found.subclasses = [heir for heir in heirs.values() if heir.module.path not in tree.readonly]
    for login in find(project, tree.options.wrappers):
        if login.module.path in tree.readonly or project.is_copy(login.module.path):
            continue
        verdict = judge(project, login, tree.options)
        if verdict is not None:
            found.logins.append(verdict)
    found.logins += _callers_of_heirs(project, tree, heirs)
    _part(found, project)
    _share(found, tree)
    return found


def _callers_of_heirs(project: Project, tree: Tree, heirs: dict[ast.AST, Subclass]) -> list[Verdict]:
    """Calls of a subclass that has no ``__init__`` of its own, and gets the password from its caller."""
    found: list[Verdict] = []
    for module, call in project.calls():
        if module.path in tree.readonly:
            continue
        symbol = project.resolve(module, call.func)
        heir = heirs.get(symbol.definition) if symbol is not None and symbol.definition is not None else None
        if heir is None or symbol is None or _has_init(heir.node):
            continue
        words = {word.arg for word in call.keywords}
        if "password" in words or len(call.args) > 1:
            login = Login(module, call, CLASSES[heir.symbol.name], symbol)
            found.append(Verdict(login, "SFA108", Level.REPORT, TROUBLES[Reason.SUBCLASS], Reason.SUBCLASS))
    return found


def _has_init(node: ast.ClassDef) -> bool:
    return any(isinstance(each, ast.FunctionDef) and each.name == "__init__" for each in node.body)


# --- several users ----------------------------------------------------------------------------------------------------


def _part(found: Verdicts, project: Project) -> None:
    """Programs that log in as several users are for review, since one set of settings takes all of them to one org."""
    rewritten = [verdict for verdict in found.logins if verdict.edits and not verdict.departs]
    several = of_several(project, [verdict.login for verdict in rewritten])
    for verdict in rewritten:
        if verdict.login in several:
            verdict.lower([(None, _SEVERAL)])


# --- shared names -----------------------------------------------------------------------------------------------------


def _share(found: Verdicts, tree: Tree) -> None:
    """An import moves as a whole: where one of the calls through it stays a password login, the others need review."""
    if tree.options.style is Style.NATIVE:
        return
    groups: dict[ast.stmt, list[Verdict]] = defaultdict(list)
    for verdict in found.logins:
        for each in verdict.login.symbol.imports:
            groups[each.statement].append(verdict)
    bases = {each.statement for heir in found.subclasses if heir.hands_on for each in heir.symbol.imports}
    staying = bases | {
        statement for statement, group in groups.items() if any(_stays(tree, verdict) for verdict in group)
    }
    for statement in staying:
        firm = statement in bases or any(_stays_always(tree, verdict) for verdict in groups[statement])
        for verdict in groups[statement]:
            if firm and verdict.edits and not verdict.departs:
                _keep_name(verdict)
            if verdict.level is Level.SAFE and verdict.edits:
                verdict.lower([(None, "its imported name is also that of a login that stays as it is")])


def _stays(tree: Tree, verdict: Verdict) -> bool:
    return verdict.level is not Level.SAFE or verdict.is_left(tree)


def _stays_always(tree: Tree, verdict: Verdict) -> bool:
    return not verdict.edits or verdict.is_left(tree)


def _keep_name(verdict: Verdict) -> None:
    """Leave the imported name to the others, and name the replacement in this call."""
    login = verdict.login
    package = login.client.replacement
    if package is None:
        return
    moved = set(imports.move(login))
    own = tuple(edit for edit in verdict.edits if edit not in moved)
    verdict.edits = (*own, *imports.qualify(login, None, package))
