"""What is left of a check, or of a list of names, that no longer asks for a secret."""

from __future__ import annotations

import ast
from itertools import pairwise
from typing import TYPE_CHECKING, Final, TypeGuard

from orgkey_codemod.python import signatures
from orgkey_codemod.python.arguments import Pieces
from orgkey_codemod.python.plumbing import option_names, plumbing_of, taken_along
from orgkey_codemod.python.scopes import Kind
from orgkey_codemod.python.statements import fills_its_block, is_behind_a_comment, remove
from orgkey_codemod.python.values import env_read, is_pure
from orgkey_codemod.python.verdicts import is_left, verdicts_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from orgkey_codemod.model import Edit, Tree
    from orgkey_codemod.python.keys import Keys
    from orgkey_codemod.python.module import Module
    from orgkey_codemod.python.project import Project
    from orgkey_codemod.python.scopes import Scope

__all__ = ["Asked", "Checks"]

_PLAIN: Final = frozenset({"len", "bool", "str", "any", "all", "os", "environ", "getenv"})


class Asked:
    """What the checks of a tree ask for in vain once its logins are rewritten."""

    def __init__(self, tree: Tree, keys: Keys, going: Collection[str]) -> None:
        self.tree: Final = tree
        self.keys: Final = going
        """Environment variables that nothing reads any more but to check that they are there."""
        self.holders: Final = keys.holders
        leaving = (each for each in verdicts_of(tree).logins if each.edits and not each.is_left(tree))
        expressions = (expression for verdict in leaving for expression in verdict.removed)
        self.gone: Final = plumbing_of(tree).removed.union(*map(ast.walk, expressions))
        """Every node that goes with a login."""


class Checks:
    """The checks of one module."""

    def __init__(self, project: Project, module: Module, asked: Asked) -> None:
        self._project: Final = project
        self._module: Final = module
        self._asked: Final = asked

    def without_secrets(self, node: ast.AST) -> tuple[Edit, ...]:
        """The edits that take the secrets out of a check; none where that is not sure, or a comment would go."""
        try:
            edits = self._sequence(node) if isinstance(node, ast.List | ast.Tuple | ast.Set) else self._check(node)
        except SyntaxError:
            return ()
        return tuple(edits or ())

    # --- whole checks -------------------------------------------------------------------------------------------------

    def _check(self, node: ast.AST) -> list[Edit] | None:
        """An ``if`` that gives up, or an assertion."""
        if not isinstance(node, ast.If | ast.Assert):
            return None
        dropped: list[ast.expr] = []
        if self._is_only_secret(node.test):
            if (isinstance(node, ast.If) and (node.orelse or self._is_elif(node))) or self._speaks(node):
                return None
            dropped, edits = [node.test], list(remove(self._module, node).edits)
        else:
            edits = self._reduced(node.test, dropped) or []
        return edits + self._feeding(dropped) if edits else None

    def _is_elif(self, node: ast.If) -> bool:
        return self._module.source.text.startswith("elif", self._module.start(node))

    def _speaks(self, node: ast.stmt) -> bool:
        return "#" in self._module.segment(node) or is_behind_a_comment(self._module, node)

    def _reduced(self, test: ast.expr, dropped: list[ast.expr]) -> list[Edit] | None:
        """The edits that take the secrets out of a part of a test; None where they are woven into it."""
        if not self._mentions(test):
            return []
        if isinstance(test, ast.BoolOp):
            return self._operands(test, dropped)
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            return self._reduced(test.operand, dropped)
        lists = [each for each in ast.walk(test) if isinstance(each, ast.List | ast.Tuple | ast.Set)]
        inside = {node for each in lists for node in ast.walk(each)}
        if any(leaf not in inside for leaf in self._secrets(test)):
            return None
        edits: list[Edit] = []
        for each in lists:
            found = self._sequence(each, dropped)
            if found is None:
                return None
            edits += found
        return edits

    def _operands(self, test: ast.BoolOp, dropped: list[ast.expr]) -> list[Edit] | None:
        """``a and b and c``, without those of them that only ask for a secret."""
        kept = [value for value in test.values if not self._is_only_secret(value)]
        edits: list[Edit] = []
        for value in kept:
            found = self._reduced(value, dropped)
            if found is None:
                return None
            edits += found
        start, end = self._module.start, self._module.end
        spans = [(start(test), start(kept[0])), (end(kept[-1]), end(test))]
        for before, behind in pairwise(kept):
            last = test.values[test.values.index(behind) - 1]
            spans.append((end(before), end(last)))
        for first, last_ in spans:
            text = self._module.source.text[first:last_]
            if text.count("(") != text.count(")") or "#" in text:
                return None
            if first < last_:
                edits.append(self._module.source.edit(first, last_))
        dropped += [value for value in test.values if value not in kept]
        return edits

    def _sequence(
        self, node: ast.List | ast.Tuple | ast.Set, dropped: list[ast.expr] | None = None
    ) -> list[Edit] | None:
        """``["SF_USER", "SF_PASSWORD"]``, without the secrets."""
        gone = [number for number, each in enumerate(node.elts) if self._is_only_secret(each)]
        text = self._module.source.text
        if len(gone) == len(node.elts) or not gone or text[self._module.start(node)] not in "([{":
            return [] if not gone and not self._mentions(node) else None
        if dropped is not None:
            dropped += [node.elts[number] for number in gone]
        kept = [each for number, each in enumerate(node.elts) if number not in gone]
        if isinstance(node, ast.Tuple) and len(kept) == 1:
            if "#" in self._module.segment(node):
                return None
            alone = f"({self._module.segment(kept[0])},)"
            return [self._module.source.edit(self._module.start(node), self._module.end(node), alone)]
        removal = Pieces(self._module, self._module.start(node), self._module.end(node), len(node.elts)).without(gone)
        return None if removal.loses_comment else list(removal.edits)

    # --- what asks for a secret ---------------------------------------------------------------------------------------

    def _mentions(self, node: ast.AST) -> bool:
        return bool(self._secrets(node))

    def _secrets(self, node: ast.AST) -> list[ast.AST]:
        return [each for each in ast.walk(node) if self._is_secret(each)]

    def _is_secret(self, node: ast.AST) -> bool:
        if isinstance(node, ast.Constant):
            return node.value in self._asked.keys
        if not isinstance(node, ast.Name):
            return False
        owner = self._module.scopes.owner.get(node)
        return owner is not None and (id(owner), node.id) in self._asked.holders and self._is_idle(owner, node.id)

    def _is_idle(self, owner: Scope, name: str) -> bool:
        """Whether a name is used by what goes, and in checks, and nowhere else."""
        uses = (use for use in owner.uses.get(name, ()) if use not in self._asked.gone)
        return all(isinstance(self._module.statement(use), ast.If | ast.Assert) for use in uses)

    def _is_only_secret(self, node: ast.expr) -> bool:
        """Whether an expression asks for secrets, and for nothing else."""
        if not self._mentions(node):
            return False
        for each in ast.walk(node):
            if isinstance(each, ast.Name) and each.id not in _PLAIN and not self._is_secret(each):
                return False
            if isinstance(each, ast.Constant) and each.value and each.value not in self._asked.keys:
                return False
            if isinstance(each, ast.Call) and not self._is_plain_call(each):
                return False
        return True

    def _is_plain_call(self, node: ast.Call) -> bool:
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return called in _PLAIN or called in {"strip", "get"} or env_read(self._project, self._module, node) is not None

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
            if is_read and not self._speaks(statement) and not fills_its_block(self._module, statement):
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
        others = {each.arg for each in given if (id(owner), each.arg) in self._asked.holders} - names.keys()
        tree, dead = self._asked.tree, {each.node for each in plumbing_of(self._asked.tree).dead}
        if any(self._is_idle(owner, name) for name in others) or not dead.isdisjoint(given):
            return []
        going = [each for each in given if each.arg in names]
        if set(names.values()) != {owner} or any(is_left(tree, self._module, each, "SFA502") for each in going):
            return []
        options = [
            each
            for each in function.decorator_list
            if isinstance(each, ast.Call) and not names.keys().isdisjoint(option_names(each))
        ]
        change = signatures.without_parameters(self._project, self._module, function, list(names), options)
        if change is None or not all(self._may_go(*each) for each in change.arguments):
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

    def _may_go(self, module: Module, argument: ast.expr) -> bool:
        """Whether a call may lose an argument: nothing happens while it is worked out, and the call may be edited."""
        tree = self._asked.tree
        is_kept = module.path in tree.readonly or is_left(tree, module, module.statement(argument), "SFA502")
        return not is_kept and is_pure(self._project, module, argument)
