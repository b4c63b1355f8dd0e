"""What a test says once every secret that it asks for is there: yes, no, or that something else decides it."""

from __future__ import annotations

import ast
from enum import Enum
from typing import TYPE_CHECKING, Final, TypeAlias

from orgkey_codemod.python.reading.values import called_name, env_read, is_environ

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from orgkey_codemod.python.reading.module import Module
    from orgkey_codemod.python.reading.project import Project

__all__ = ["Element", "Meaning", "Truths", "bound_by", "holds_variables"]

_SAME: Final = frozenset({"strip", "lstrip", "rstrip", "lower", "upper", "encode", "decode", "get_secret_value"})
"""Methods of a text that is there, whose result is there too."""
_READERS: Final = frozenset({"os.getenv", "os.environ.get"})
_CONTAINERS: Final = frozenset({"set", "frozenset", "list", "tuple", "dict"})
_BELOW: Final = {ast.Lt: 1, ast.LtE: 0}
_ABOVE: Final = {ast.Gt: 0, ast.GtE: 1}
_TURNED: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Lt: ast.Gt,
    ast.LtE: ast.GtE,
    ast.Gt: ast.Lt,
    ast.GtE: ast.LtE,
}


class Meaning(Enum):
    """What one element of a list is, while the list is gone through."""

    KEY = "the name of a variable that is set"
    PRESENT = "a secret that is there"
    ABSENT = "the answer no"
    OTHER = "anything else"


Element: TypeAlias = "Meaning | tuple[Meaning, ...]"


class Truths:
    """The tests of one module.

    ``of`` answers in three values, so that ``user and password`` with a password that is there is left to ``user``.
    With ``alone`` nothing but secrets may have a part in the answer.
    """

    def __init__(
        self,
        project: Project,
        module: Module,
        keys: Collection[str] = (),
        is_holder: Callable[[ast.Name], bool] = lambda _: False,
    ) -> None:
        self._project: Final = project
        self._module: Final = module
        self._keys: Final = keys
        self._is_holder: Final = is_holder

    def of(self, node: ast.expr, bound: Mapping[str, Meaning] | None = None, *, alone: bool = False) -> bool | None:
        """Whether a test holds; ``bound`` says what the names of a loop stand for."""
        bound = bound or {}
        if isinstance(node, ast.Constant):
            return bool(node.value)
        if isinstance(node, ast.Name) and bound.get(node.id) is Meaning.ABSENT:
            return False
        if self._is_there(node, bound):
            return True
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            inner = self.of(node.operand, bound, alone=alone)
            return None if inner is None else not inner
        if isinstance(node, ast.BoolOp):
            values = [self.of(each, bound, alone=alone) for each in node.values]
            return _joined(values, isinstance(node.op, ast.Or), alone=alone)
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            return self._compared(node.left, node.ops[0], node.comparators[0], bound, alone=alone)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1 and not node.keywords:
            if node.func.id in {"all", "any"}:
                values = list(self._members(node.args[0], bound, alone=alone))
                return _joined(values, node.func.id == "any", alone=alone)
            if node.func.id == "bool":
                return self.of(node.args[0], bound, alone=alone)
        return None

    def element(self, node: ast.expr) -> Element:
        """What an element of a list stands for."""
        if isinstance(node, ast.Constant):
            return Meaning.KEY if node.value in self._keys else Meaning.OTHER
        if isinstance(node, ast.Tuple):
            parts = [self.element(each) for each in node.elts]
            return tuple(each if isinstance(each, Meaning) else Meaning.OTHER for each in parts)
        if self._is_there(node, {}):
            return Meaning.PRESENT
        return {True: Meaning.OTHER, False: Meaning.ABSENT, None: Meaning.OTHER}[self.of(node, alone=True)]

    # --- values -------------------------------------------------------------------------------------------------------

    def _is_there(self, node: ast.expr, bound: Mapping[str, Meaning]) -> bool:
        """Whether an expression is the value of a secret, or of a variable that is set."""
        if isinstance(node, ast.Name):
            return bound.get(node.id) is Meaning.PRESENT or (node.id not in bound and self._is_holder(node))
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
            return self._is_there(node.values[0], bound) and all(isinstance(e, ast.Constant) for e in node.values[1:])
        if not isinstance(node, ast.Call | ast.Subscript):
            return False
        if isinstance(node, ast.Call) and called_name(node) in {"pop", "setdefault"}:
            return False  # it changes the environment, for the children of the program too
        read = env_read(self._project, self._module, node)
        if read is not None:
            return read.key in self._keys and (read.default is None or isinstance(read.default, ast.Constant))
        if self._reads_bound(node, bound):
            return True
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _SAME:
            return self._is_there(node.func.value, bound)
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in {"str", "len"}:
            return False
        return len(node.args) == 1 and self._is_there(node.args[0], bound)

    def _reads_bound(self, node: ast.Call | ast.Subscript, bound: Mapping[str, Meaning]) -> bool:
        """Whether ``os.environ[name]`` or ``os.getenv(name)`` reads the variable that a name of the loop stands for."""
        if isinstance(node, ast.Subscript):
            return self._is_key(node.slice, bound) and holds_variables(self._project, self._module, node.value)
        return bool(node.args) and self._is_key(node.args[0], bound) and self._is_reader(node.func)

    def _is_reader(self, node: ast.expr) -> bool:
        symbol = self._project.resolve(self._module, node)
        if symbol is not None and symbol.name in _READERS:
            return True
        if not isinstance(node, ast.Attribute) or node.attr not in {"get", "__getitem__", "__contains__"}:
            return False
        return holds_variables(self._project, self._module, node.value)

    def _is_key(self, node: ast.expr, bound: Mapping[str, Meaning]) -> bool:
        if isinstance(node, ast.Name):
            return bound.get(node.id) is Meaning.KEY
        return isinstance(node, ast.Constant) and node.value in self._keys

    # --- comparisons --------------------------------------------------------------------------------------------------

    def _compared(
        self, left: ast.expr, op: ast.cmpop, right: ast.expr, bound: Mapping[str, Meaning], *, alone: bool
    ) -> bool | None:
        if isinstance(op, ast.In | ast.NotIn):
            found = self._contained(left, right, bound, alone=alone)
            return found if isinstance(op, ast.In) or found is None else not found
        if isinstance(left, ast.Constant):
            left, right, op = right, left, _TURNED.get(type(op), type(op))()
        if not isinstance(right, ast.Constant) or not self._is_there(left, bound):
            return None
        is_length = isinstance(left, ast.Call) and isinstance(left.func, ast.Name) and left.func.id == "len"
        if isinstance(op, ast.Is | ast.Eq | ast.IsNot | ast.NotEq):
            nothing = right.value == 0 if is_length else right.value is None or right.value == ""
            return isinstance(op, ast.IsNot | ast.NotEq) if nothing else None
        if is_length and _BELOW.get(type(op)) == right.value:
            return False
        return True if is_length and _ABOVE.get(type(op)) == right.value else None

    def _contained(self, left: ast.expr, right: ast.expr, bound: Mapping[str, Meaning], *, alone: bool) -> bool | None:
        if self._is_key(left, bound) and holds_variables(self._project, self._module, right):
            return True
        is_nothing = isinstance(left, ast.Constant) and (left.value is None or left.value == "")
        if is_nothing:
            members = list(self._members(right, bound, alone=alone))
            return False if members and all(members) else None
        members_are_nothing = isinstance(right, ast.Tuple | ast.List | ast.Set) and all(
            isinstance(each, ast.Constant) and not each.value for each in right.elts
        )
        return False if members_are_nothing and self._is_there(left, bound) else None

    # --- lists --------------------------------------------------------------------------------------------------------

    def _members(self, node: ast.expr, bound: Mapping[str, Meaning], *, alone: bool) -> Iterator[bool | None]:
        """What the elements of a list, or of what a comprehension makes of one, say."""
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            yield from (self.of(each, bound, alone=alone) for each in node.elts)
            return
        if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp) and len(node.generators) == 1:
            around = node.generators[0]
            if isinstance(around.iter, ast.Tuple | ast.List | ast.Set):
                for each in around.iter.elts:
                    inner = bound_by(around.target, self.element(each))
                    conditions = [self.of(test, inner, alone=alone) for test in around.ifs]
                    if False in conditions:
                        continue
                    yield self.of(node.elt, inner, alone=alone) if None not in conditions else None
                return
        yield None


def bound_by(target: ast.expr, element: Element) -> dict[str, Meaning]:
    """What the names that a loop binds stand for, where it comes to an element."""
    if isinstance(target, ast.Name):
        return {target.id: element if isinstance(element, Meaning) else Meaning.OTHER}
    names = target.elts if isinstance(target, ast.Tuple | ast.List) else []
    if isinstance(element, Meaning) or len(names) != len(element):
        return {each.id: Meaning.OTHER for each in ast.walk(target) if isinstance(each, ast.Name)}
    return {name.id: each for name, each in zip(names, element, strict=True) if isinstance(name, ast.Name)}


def holds_variables(project: Project, module: Module, node: ast.expr) -> bool:
    """Whether an expression is the environment, or a collection of its names."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in {"keys", "copy"}:
        return holds_variables(project, module, node.func.value)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CONTAINERS:
        return len(node.args) == 1 and not node.keywords and holds_variables(project, module, node.args[0])
    return isinstance(node, ast.Name | ast.Attribute) and is_environ(project, module, node)


def _joined(values: Iterable[bool | None], is_or: bool, *, alone: bool) -> bool | None:
    """``or`` of values, else ``and``."""
    found = list(values)
    if is_or in found and not (alone and None in found):
        return is_or
    return None if None in found else not is_or
