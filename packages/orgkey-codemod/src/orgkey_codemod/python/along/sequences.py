"""What lists of variables are used for: whether one that leaves the list counts as one that is there."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

from orgkey_codemod.python.reading.endings import only_speaks, only_speaks_and_gives_up, speaks
from orgkey_codemod.python.reading.scopes import Kind
from orgkey_codemod.python.reading.truths import Meaning, Truths, bound_by, holds_variables
from orgkey_codemod.python.reading.uses import How, uses
from orgkey_codemod.python.reading.values import called_name, is_pure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orgkey_codemod.python.reading.module import Module
    from orgkey_codemod.python.reading.project import Project
    from orgkey_codemod.python.reading.truths import Element
    from orgkey_codemod.python.reading.uses import Use

__all__ = ["Sequences", "holds_where_one_is_missing"]

_DEEP: Final = 4
"""How many names and parameters a list is followed through."""
_SAME: Final = frozenset({"list", "tuple", "set", "frozenset", "sorted"})
_IN_TEXTS: Final = (ast.JoinedStr, ast.FormattedValue, ast.BinOp, ast.Attribute, ast.keyword, ast.Tuple)
_TEXTS: Final = frozenset({"join", "format", "str", "repr", "sorted", "len"})
_FAILED: Final = re.compile(r"miss|fail|err|invalid|bad", re.IGNORECASE)


class Sequences:
    """The lists of one module."""

    def __init__(self, project: Project, module: Module) -> None:
        self._project: Final = project
        self._module: Final = module
        self._truths: Final = Truths(project, module)

    def are_only_checked(self, node: ast.expr, elements: Sequence[Element], depth: int = 0) -> bool:
        """Whether elements may leave a list: wherever it is used, that says the same as if they were there."""
        around = self._module.parent(node)
        if depth > _DEEP or around is None:
            return False
        if isinstance(around, ast.comprehension) and around.iter is node:
            return self._comprehension(around, elements)
        if isinstance(around, ast.For) and around.iter is node and not around.orelse:
            return all(self._passes(around.body, bound_by(around.target, each)) for each in elements)
        if isinstance(around, ast.Assign | ast.AnnAssign) and around.value is node:
            targets = around.targets if isinstance(around, ast.Assign) else [around.target]
            return len(targets) == 1 and self._name(targets[0], elements, depth)
        if isinstance(around, ast.BinOp) and isinstance(around.op, ast.Add | ast.BitOr):
            return self.are_only_checked(around, elements, depth)
        if isinstance(around, ast.Call) and node in around.args and not around.keywords:
            return self._argument(around, node, elements, depth)
        if isinstance(around, ast.Attribute) and around.attr in {"issubset", "difference"}:
            call = self._module.parent(around)
            is_called = isinstance(call, ast.Call) and call.func is around and len(call.args) == 1
            return is_called and _are_keys(elements) and self._holds_variables(call.args[0])  # type: ignore[union-attr] # a Call
        return self._compared(around, node, elements) or self._is_said(node)

    def is_only_looked_up(self, node: ast.expr) -> bool:
        """Whether a list only says which names are of a kind, as a log's filter does: it asks for no variable."""
        around = self._module.parent(node)
        if isinstance(around, ast.Compare):
            is_inside = (
                len(around.ops) == 1 and isinstance(around.ops[0], ast.In | ast.NotIn) and around.left is not node
            )
            return is_inside and not isinstance(around.left, ast.Constant)
        if isinstance(around, ast.Call) and called_name(around) in _SAME and isinstance(around.func, ast.Name):
            return self.is_only_looked_up(around)
        target = around.targets[0] if isinstance(around, ast.Assign) and len(around.targets) == 1 else None
        owner = (
            self._module.scopes.find(target.id, self._module.scopes.scope_at(target))
            if isinstance(target, ast.Name)
            else None
        )
        uses = owner.uses.get(target.id, ()) if owner is not None and isinstance(target, ast.Name) else ()
        return bool(uses) and all(self.is_only_looked_up(use) for use in uses)

    # --- by itself ----------------------------------------------------------------------------------------------------

    def _compared(self, around: ast.AST, node: ast.expr, elements: Sequence[Element]) -> bool:
        """``required - set(os.environ)``, ``required <= os.environ.keys()`` and ``None in (user, password)``."""
        are_keys = _are_keys(elements)
        if isinstance(around, ast.BinOp) and isinstance(around.op, ast.Sub) and around.left is node:
            return are_keys and self._holds_variables(around.right)
        if not isinstance(around, ast.Compare) or len(around.ops) != 1:
            return False
        other = around.comparators[0] if around.left is node else around.left
        if isinstance(around.ops[0], ast.LtE if around.left is node else ast.GtE):
            return are_keys and self._holds_variables(other)
        is_nothing = isinstance(other, ast.Constant) and (other.value is None or other.value == "")
        is_inside = isinstance(around.ops[0], ast.In | ast.NotIn) and around.left is other
        return is_nothing and is_inside and all(each is Meaning.PRESENT for each in elements)

    def _holds_variables(self, node: ast.expr) -> bool:
        return holds_variables(self._project, self._module, node)

    def _is_said(self, node: ast.expr) -> bool:
        """Whether a list only stands in what is told: of an error, an assertion, a line of a log."""
        child: ast.AST = node
        here = self._module.parent(node)
        while isinstance(here, ast.expr | ast.keyword):
            if isinstance(here, ast.expr) and speaks(here):
                return True
            around = self._module.parent(here)
            is_text = called_name(here) in _TEXTS if isinstance(here, ast.Call) else isinstance(here, _IN_TEXTS)
            if not is_text and not isinstance(around, ast.Raise | ast.Expr):
                return False
            child, here = here, around
        is_message = isinstance(here, ast.Assert) and here.msg is child
        is_end = isinstance(here, ast.Expr) and isinstance(child, ast.Call) and called_name(child) in {"exit", "abort"}
        return is_message or is_end or isinstance(here, ast.Raise)

    # --- comprehensions, all() and any() ------------------------------------------------------------------------------

    def _comprehension(self, around: ast.comprehension, elements: Sequence[Element]) -> bool:
        made = self._module.parent(around)
        if not isinstance(made, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
            return False
        if len(made.generators) != 1 or around.is_async:
            return False
        bounds = [bound_by(around.target, each) for each in elements]
        if all(False in [self._truths.of(test, bound) for test in around.ifs] for bound in bounds):
            return True
        if isinstance(made, ast.DictComp):
            return False
        outer = self._module.parent(made)
        answers = {self._truths.of(made.elt, bound) for bound in bounds}
        if isinstance(outer, ast.Compare) and isinstance(outer.left, ast.Constant) and not outer.left.value:
            return answers == {True} and len(outer.ops) == 1 and isinstance(outer.ops[0], ast.In | ast.NotIn)
        return isinstance(outer, ast.Call) and _is_neutral(outer, answers)

    def _argument(self, call: ast.Call, node: ast.expr, elements: Sequence[Element], depth: int) -> bool:
        name = called_name(call)
        if isinstance(call.func, ast.Name) and name in _SAME and len(call.args) == 1:
            return self.are_only_checked(call, elements, depth)
        if name == "map" and len(call.args) == 2 and call.args[1] is node:  # noqa: PLR2004 - a function and a list
            outer = self._module.parent(call)
            reader = ast.unparse(call.args[0]).split(".")[-1] in {"getenv", "get", "__contains__"}
            return reader and _are_keys(elements) and isinstance(outer, ast.Call) and _is_neutral(outer, {True})
        if isinstance(call.func, ast.Name) and name in {"all", "any"}:
            answers = {Meaning.PRESENT: True, Meaning.ABSENT: False}
            said = {answers.get(each) if isinstance(each, Meaning) else None for each in elements}
            return _is_neutral(call, said)
        if name == "issuperset" and isinstance(call.func, ast.Attribute):
            return _are_keys(elements) and self._holds_variables(call.func.value)
        return self._is_said(node) or self._parameter(call, node, elements, depth)

    # --- loops --------------------------------------------------------------------------------------------------------

    def _passes(self, block: Sequence[ast.stmt], bound: Mapping[str, Meaning]) -> bool:
        """Whether a turn of a loop does nothing, but speak, where the variable is there."""
        known = dict(bound)
        for statement in block:
            if isinstance(statement, ast.Continue):
                return True
            if isinstance(statement, ast.Assign) and (name := self._own_name(statement, block)) is not None:
                is_there = self._truths.of(statement.value, known) is True
                known[name] = Meaning.PRESENT if is_there else Meaning.OTHER
                continue
            if isinstance(statement, ast.If):
                taken = self._taken(statement, known)
                if taken is None or not self._passes(taken, known):
                    return False
                if any(isinstance(each, ast.Continue) for each in taken):
                    return True
                continue
            if isinstance(statement, ast.Try):
                if statement.finalbody or not self._passes([*statement.body, *statement.orelse], known):
                    return False
                continue
            if not (self._asks(statement, known) or only_speaks([statement])):
                return False
        return True

    def _taken(self, statement: ast.If, bound: Mapping[str, Meaning]) -> list[ast.stmt] | None:
        """The branch for a variable that is there; None where that is not plain, or the other one does too much."""
        answer = self._truths.of(statement.test, bound)
        taken, other = (statement.body, statement.orelse) if answer else (statement.orelse, statement.body)
        return taken if answer is not None and self._notes(other) else None

    def _notes(self, block: Sequence[ast.stmt]) -> bool:
        """Whether a block does nothing but say or note that something is missing, and give up."""
        return all(
            isinstance(each, ast.Continue | ast.Break)
            or _is_a_note(each)
            or only_speaks_and_gives_up(self._project, self._module, [each])
            for each in block
        )

    def _asks(self, statement: ast.stmt, bound: Mapping[str, Meaning]) -> bool:
        """An assertion that holds, or a bare ``os.environ[name]``."""
        tested = statement.test if isinstance(statement, ast.Assert) else getattr(statement, "value", None)
        if not isinstance(statement, ast.Assert | ast.Expr) or tested is None:
            return False
        return self._truths.of(tested, bound) is True

    def _own_name(self, statement: ast.Assign, block: Sequence[ast.stmt]) -> str | None:
        """The name that a turn of a loop gives a value for itself alone."""
        target = statement.targets[0]
        if len(statement.targets) != 1 or not isinstance(target, ast.Name):
            return None
        inside = {node for each in block for node in ast.walk(each)}
        scope = self._module.scopes.scope_at(statement)
        used = scope.uses.get(target.id, ())
        is_quiet = is_pure(self._project, self._module, statement.value)
        return target.id if is_quiet and all(use in inside for use in used) else None

    # --- names and parameters -----------------------------------------------------------------------------------------

    def _name(self, target: ast.expr, elements: Sequence[Element], depth: int) -> bool:
        if not isinstance(target, ast.Name):
            return False
        scope = self._module.scopes.scope_at(target)
        owner = self._module.scopes.find(target.id, scope)
        if owner is None or len(owner.bindings[target.id]) != 1 or target.id in self._module.exported:
            return False
        found = [each for each in uses(self._project, self._module, owner, target.id) if each.how is not How.STAR]
        return bool(found) and all(self._is_check(use, elements, depth + 1) for use in found)

    def _is_check(self, use: Use, elements: Sequence[Element], depth: int) -> bool:
        """Whether a use of a name is known, and does nothing with the list but look what is missing."""
        if use.module is None or not isinstance(use.node, ast.expr) or use.how is not How.READ:
            return False
        return Sequences(self._project, use.module).are_only_checked(use.node, elements, depth)

    def _parameter(self, call: ast.Call, node: ast.expr, elements: Sequence[Element], depth: int) -> bool:
        """Whether a function of the tree does nothing with the list but look what is missing."""
        symbol = self._project.resolve(self._module, call.func)
        function = symbol.definition if symbol is not None else None
        if symbol is None or symbol.home is None or not isinstance(function, ast.FunctionDef):
            return False
        home, places = symbol.home, [*function.args.posonlyargs, *function.args.args]
        number = call.args.index(node)
        if number >= len(places) or any(isinstance(each, ast.Starred) for each in call.args):
            return False
        scope = home.scopes.of_definition.get(function)
        name = places[number].arg
        if (
            scope is None
            or len(scope.bindings.get(name, ())) != 1
            or scope.bindings[name][0].kind is not Kind.PARAMETER
        ):
            return False
        uses = scope.uses.get(name, ())
        inner = Sequences(self._project, home)
        return bool(uses) and all(inner.are_only_checked(use, elements, depth + 1) for use in uses)


def _is_neutral(call: ast.Call, answers: set[bool | None]) -> bool:
    """Whether these answers make no difference to ``all()``, or to ``any()``."""
    if not isinstance(call.func, ast.Name) or len(call.args) != 1:
        return False
    return answers == {{"all": True, "any": False}.get(call.func.id)} and None not in answers


def _is_a_note(statement: ast.stmt) -> bool:
    """``missing.append(name)``, ``missing += [name]``, ``ok = False`` and ``failed = True``."""
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Call) and called_name(statement.value) in {"append", "add", "extend"}
    if isinstance(statement, ast.AugAssign):
        return isinstance(statement.target, ast.Name)
    target = statement.targets[0] if isinstance(statement, ast.Assign) else None
    if not isinstance(statement, ast.Assign) or not isinstance(target, ast.Name) or len(statement.targets) > 1:
        return False
    says = statement.value.value if isinstance(statement.value, ast.Constant) else None
    return says is False or (says is True and _FAILED.search(target.id) is not None)


def _are_keys(elements: Sequence[Element]) -> bool:
    return all(each is Meaning.KEY for each in elements)


def holds_where_one_is_missing(test: ast.expr) -> bool | None:
    """Whether a test of a list holds where a variable is missing, or does not; None where that is not plain."""
    if isinstance(test, ast.NamedExpr):
        return holds_where_one_is_missing(test.value)
    if isinstance(test, ast.ListComp | ast.SetComp):
        return True
    if isinstance(test, ast.BinOp):
        return True if isinstance(test.op, ast.Sub) else None
    if isinstance(test, ast.Call):
        holds = {"any": True, "sorted": True, "list": True, "set": True, "difference": True}
        return {**holds, "all": False, "issubset": False, "issuperset": False}.get(called_name(test))
    if not isinstance(test, ast.Compare) or len(test.ops) != 1:
        return None
    op, left = test.ops[0], test.left
    if isinstance(left, ast.Call) and called_name(left) == "len" and isinstance(test.comparators[0], ast.Constant):
        return isinstance(op, ast.Gt | ast.GtE | ast.NotEq)
    return {ast.In: True, ast.NotIn: False, ast.LtE: False, ast.GtE: False}.get(type(op))
