"""What is left of a check, or of a list of names, that no longer asks for a secret."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final, TypeGuard

from orgkey_codemod.model import Reason
from orgkey_codemod.python.along import parameters
from orgkey_codemod.python.along.forms import outcomes
from orgkey_codemod.python.along.plumbing import leaving, plumbing_of, taken_along
from orgkey_codemod.python.along.sequences import Sequences, holds_where_one_is_missing
from orgkey_codemod.python.editing.arguments import Pieces
from orgkey_codemod.python.editing.statements import fills_its_block, has_comment, remove
from orgkey_codemod.python.judging.verdict import is_left
from orgkey_codemod.python.reading.endings import ends_with_an_error, gives_up, is_answered, only_speaks_and_gives_up
from orgkey_codemod.python.reading.module import is_test
from orgkey_codemod.python.reading.project import project_of
from orgkey_codemod.python.reading.scopes import Kind
from orgkey_codemod.python.reading.truths import Truths
from orgkey_codemod.python.reading.values import env_read, is_pure

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from orgkey_codemod.model import Edit, Tree
    from orgkey_codemod.python.along.keys import Keys
    from orgkey_codemod.python.reading.module import Module
    from orgkey_codemod.python.reading.project import Project
    from orgkey_codemod.python.reading.scopes import Scope

__all__ = ["Asked", "Checks", "Reduced", "is_check"]


@dataclass(frozen=True)
class Reduced:
    """What takes the secrets out of a check."""

    edits: tuple[Edit, ...] = ()
    reason: Reason | None = None
    """Why there are none."""


class _StaysError(Exception):
    """A check that no edit changes."""

    def __init__(self, reason: Reason = Reason.MORE_THAN_A_CHECK) -> None:
        super().__init__(reason)
        self.reason: Final = reason


class Asked:
    """What the checks of a tree ask for in vain once its logins are rewritten."""

    def __init__(self, tree: Tree, keys: Keys, going: Collection[str]) -> None:
        self.tree: Final = tree
        self.holders: Final = keys.holders
        forms = (outcome.gone for outcome in outcomes(tree) if outcome.edits)
        self.gone: Final = leaving(tree).union(*forms)
        """Every node that goes with a login, or with a form by which the program asks for a token."""
        self.keys: Final = frozenset(going).difference(self._switches(tree, frozenset(going)))
        """Environment variables that nothing reads any more but to check that they are there."""

    def _switches(self, tree: Tree, going: frozenset[str]) -> Iterator[str]:
        """Those of some variables that are the switch of something: what they let run would then run unasked."""
        for module in project_of(tree).modules.values():
            if is_test(module) or not any(key in module.source.text for key in going):
                continue
            for text in module.every(ast.Constant):
                if text.value in going and text not in self.gone and any(map(_decides, _choices_by(module, text))):
                    yield str(text.value)


class Checks:
    """The checks of one module."""

    def __init__(self, project: Project, module: Module, asked: Asked) -> None:
        self._project: Final = project
        self._module: Final = module
        self._asked: Final = asked
        self._truths: Final = Truths(project, module, asked.keys, self._is_holder)
        self._sequences: Final = Sequences(project, module)

    def without_secrets(self, node: ast.AST) -> Reduced:
        """The edits that take the secrets out of a check, or why there are none.

        What is left gives up where the check gave up with all secrets in their place, and nowhere else.
        """
        try:
            edits = self._sequence(node) if isinstance(node, ast.List | ast.Tuple | ast.Set) else self._check(node)
        except _StaysError as stays:
            return Reduced(reason=stays.reason)
        except SyntaxError:
            edits = []
        return Reduced(tuple(edits)) if edits else Reduced(reason=Reason.MORE_THAN_A_CHECK)

    # --- whole checks -------------------------------------------------------------------------------------------------

    def _check(self, node: ast.AST) -> list[Edit]:
        """An ``if`` that gives up, or an assertion."""
        if not isinstance(node, ast.If | ast.Assert):
            return []
        dropped: list[ast.expr] = []
        answer = self._answer(node.test)
        if is_answered(self._project, self._module, node):
            raise _StaysError
        if answer is None:
            if isinstance(node, ast.If) and not ends_with_an_error(self._project, self._module, node.body):
                raise _StaysError
            edits = self._reduced(node.test, dropped, ends=isinstance(node, ast.If))
        else:
            # an `if` that is never taken, and an assertion that always holds; the others would always give up
            if answer is isinstance(node, ast.If) or not self._is_empty_handed(node):
                raise _StaysError
            if has_comment(self._module, node):
                raise _StaysError(Reason.COMMENT_LOSS)
            dropped, edits = [node.test], list(remove(self._module, node).edits)
        return edits + self._feeding(dropped) if edits else []

    def _is_empty_handed(self, node: ast.If | ast.Assert) -> bool:
        """Whether a check has no branch beside it, and does nothing itself but say what is missing."""
        if isinstance(node, ast.Assert):
            return node.msg is None or is_pure(self._project, self._module, node.msg)
        is_elif = self._module.source.text.startswith("elif", self._module.start(node))
        return not node.orelse and not is_elif and only_speaks_and_gives_up(self._project, self._module, node.body)

    def _answer(self, test: ast.expr) -> bool | None:
        """What a part of a test says with all secrets in their place; None where it asks for more than secrets."""
        return self._truths.of(test, alone=True) if self._mentions(test) else None

    def _reduced(self, test: ast.expr, dropped: list[ast.expr], *, ends: bool) -> list[Edit]:
        """The edits that take the secrets out of a part of a test, where that makes the program give up less.

        ``ends`` says whether the program ends where this part holds, or where it does not.
        """
        if not self._mentions(test):
            return []
        if isinstance(test, ast.BoolOp):
            return self._operands(test, dropped, ends=ends)
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            return self._reduced(test.operand, dropped, ends=not ends)
        lists = [each for each in ast.walk(test) if isinstance(each, ast.List | ast.Tuple | ast.Set)]
        inside = {node for each in lists for node in ast.walk(each)}
        if any(leaf not in inside for leaf in self._secrets(test)) or holds_where_one_is_missing(test) is not ends:
            raise _StaysError
        inner = {node for each in lists for node in ast.walk(each) if node is not each}
        return [edit for each in lists if each not in inner for edit in self._sequence(each, dropped)]

    def _operands(self, test: ast.BoolOp, dropped: list[ast.expr], *, ends: bool) -> list[Edit]:
        """``a and b and c``, without those of them that only ask for a secret.

        One may go where its answer leaves the word to the others, and where its absence ended the program by itself.
        Any other is another way to have what the program needs, or a condition of something else.
        """
        answers = {value: self._answer(value) for value in test.values}
        is_or = isinstance(test.op, ast.Or)
        if is_or in answers.values() or (is_or is not ends and any(each is not None for each in answers.values())):
            raise _StaysError
        kept = [value for value, answer in answers.items() if answer is None]
        edits = [edit for value in kept for edit in self._reduced(value, dropped, ends=ends)]
        start, end = self._module.start, self._module.end
        spans = [(start(test), start(kept[0])), (end(kept[-1]), end(test))]
        for before, behind in pairwise(kept):
            last = test.values[test.values.index(behind) - 1]
            spans.append((end(before), end(last)))
        for first, last_ in spans:
            text = self._module.source.text[first:last_]
            if text.count("(") != text.count(")"):
                raise _StaysError
            if "#" in text:
                raise _StaysError(Reason.COMMENT_LOSS)
            if first < last_:
                edits.append(self._module.source.edit(first, last_))
        dropped += [value for value in test.values if value not in kept]
        return edits

    def _sequence(self, node: ast.List | ast.Tuple | ast.Set, dropped: list[ast.expr] | None = None) -> list[Edit]:
        """``["SF_USER", "SF_PASSWORD"]``, without the secrets."""
        if not self._mentions(node):
            return []
        elements = [self._truths.element(each) for each in node.elts]
        gone = [number for number, each in enumerate(node.elts) if self._mentions(each)]
        is_written_out = self._module.source.text[self._module.start(node)] in "([{"
        if len(gone) == len(node.elts) or not is_written_out:  # an empty list may mean that nothing is looked at
            raise _StaysError
        if not self._sequences.are_only_checked(node, [elements[number] for number in gone]):
            raise _StaysError
        if dropped is not None:
            dropped += [node.elts[number] for number in gone]
        kept = [each for number, each in enumerate(node.elts) if number not in gone]
        if isinstance(node, ast.Tuple) and len(kept) == 1:
            if "#" in self._module.segment(node):
                raise _StaysError(Reason.COMMENT_LOSS)
            alone = f"({self._module.segment(kept[0])},)"
            return [self._module.source.edit(self._module.start(node), self._module.end(node), alone)]
        removal = Pieces(self._module, self._module.start(node), self._module.end(node), len(node.elts)).without(gone)
        if removal.loses_comment:
            raise _StaysError(Reason.COMMENT_LOSS)
        return list(removal.edits)

    # --- what asks for a secret ---------------------------------------------------------------------------------------

    def _mentions(self, node: ast.AST) -> bool:
        return bool(self._secrets(node))

    def _secrets(self, node: ast.AST) -> list[ast.AST]:
        return [each for each in ast.walk(node) if self._is_secret(each)]

    def _is_secret(self, node: ast.AST) -> bool:
        if isinstance(node, ast.Constant):
            return node.value in self._asked.keys
        return isinstance(node, ast.Name) and self._is_holder(node)

    def _is_holder(self, node: ast.Name) -> bool:
        owner = self._module.scopes.owner.get(node)
        return owner is not None and (owner, node.id) in self._asked.holders and self._is_idle(owner, node.id)

    def _is_idle(self, owner: Scope, name: str) -> bool:
        """Whether a name is used by what goes, and in checks, and decides about nothing else."""
        uses = (use for use in owner.uses.get(name, ()) if use not in self._asked.gone)
        statements = (self._module.statement(use) for use in uses)
        return all(is_check(each) or _gives_a_value(each) for each in statements)

    # --- what fed the check -------------------------------------------------------------------------------------------

    def _feeding(self, dropped: Sequence[ast.expr]) -> list[Edit]:
        """The assignments of names that only this check and what goes have used."""
        inside = {node for each in dropped for node in ast.walk(each)}
        found: list[Edit] = []
        for name in (node for node in inside if isinstance(node, ast.Name) and self._is_secret(node)):
            owner = self._module.scopes.owner[name]
            others = [use for use in owner.uses[name.id] if use not in inside and use not in self._asked.gone]
            bindings = owner.bindings.get(name.id, [])
            statement = bindings[0].statement if len(bindings) == 1 and bindings[0].kind is Kind.ASSIGNED else None
            if others or not isinstance(statement, ast.Assign) or len(statement.targets) > 1 or owner.is_class:
                continue
            is_read = env_read(self._project, self._module, statement.value) is not None
            if is_read and not has_comment(self._module, statement) and not fills_its_block(self._module, statement):
                found += remove(self._module, statement).edits
        return found + self._parameters(inside)

    def _parameters(self, inside: Collection[ast.AST]) -> list[Edit]:
        """The parameters that only this check and what goes have used, with their arguments in every call."""
        names = {node.id: self._module.scopes.owner[node] for node in inside if self._is_unused_parameter(node, inside)}
        owner = next(iter(names.values()), None)
        if owner is None or not isinstance(function := owner.node, ast.FunctionDef | ast.AsyncFunctionDef):
            return []
        given = [each for each in ast.walk(function.args) if isinstance(each, ast.arg)]
        # between one pair of brackets commas belong to several, so one finding takes all of them or none
        others = {each.arg for each in given if (owner, each.arg) in self._asked.holders} - names.keys()
        tree, dead = self._asked.tree, {each.node for each in plumbing_of(self._asked.tree).dead}
        if any(self._is_idle(owner, name) for name in others) or not dead.isdisjoint(given):
            return []
        going = [each for each in given if each.arg in names]
        if set(names.values()) != {owner} or any(is_left(tree, self._module, each, "SFA502") for each in going):
            return []
        change = parameters.without(tree, self._module, function, list(names))
        if change is None:
            return []
        found = list(change.edits)
        for home in {home for home, _ in change.arguments}:
            found += taken_along(tree, home, [value for other, value in change.arguments if other is home])[0]
        return found

    def _is_unused_parameter(self, node: ast.AST, inside: Collection[ast.AST]) -> TypeGuard[ast.Name]:
        if not isinstance(node, ast.Name) or not self._is_secret(node):
            return False
        owner = self._module.scopes.owner[node]
        bindings = owner.bindings.get(node.id, [])
        uses = (use for use in owner.uses[node.id] if use not in inside and use not in self._asked.gone)
        return len(bindings) == 1 and bindings[0].kind is Kind.PARAMETER and not any(uses)


def _choices_by(module: Module, node: ast.AST) -> Iterator[ast.AST]:
    """The choices in whose test a node stands."""
    here, around = node, module.parent(node)
    while around is not None:
        if isinstance(around, ast.If | ast.IfExp | ast.While) and around.test is here:
            yield around
        here, around = around, module.parent(around)


def _decides(choice: ast.AST) -> bool:
    """Whether a choice lets something run, and does more than to give up or to give a value."""
    return not is_check(choice) and not _gives_a_value(choice)


def is_check(node: ast.AST) -> bool:
    """Whether a statement may end what is under way: an ``if`` that gives up, or an assertion."""
    return isinstance(node, ast.Assert) or (isinstance(node, ast.If) and gives_up(node))


def _gives_a_value(node: ast.AST) -> bool:
    """Whether an ``if`` does nothing but give the names that it asks for another value."""
    if not isinstance(node, ast.If) or node.orelse:
        return False
    asked = {each.id for each in ast.walk(node.test) if isinstance(each, ast.Name)}
    return all(
        isinstance(each, ast.Assign) and {ast.unparse(target) for target in each.targets} <= asked for each in node.body
    )
