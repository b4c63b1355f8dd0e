"""Variables that code still reads though nothing takes their value, because that login was rewritten before."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final, TypeGuard

from orgkey_codemod.python.along.keys import Keys
from orgkey_codemod.python.judging.verdicts import verdicts_of
from orgkey_codemod.python.reading.endings import gives_up
from orgkey_codemod.python.reading.module import is_test
from orgkey_codemod.python.reading.project import project_of
from orgkey_codemod.python.reading.scopes import Kind
from orgkey_codemod.python.reading.uses import others
from orgkey_codemod.python.reading.values import called_name, env_read, may_read_environment, reads

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from orgkey_codemod.model import Tree
    from orgkey_codemod.python.reading.module import Module
    from orgkey_codemod.python.reading.scopes import Binding, Scope

__all__ = ["only_asked_for"]

_HANDED_ON: Final = frozenset({"strip", "str", "get", "cast"})
"""What is called with a value, or on it, and gives the same value back."""
_JUDGED: Final = frozenset({"bool", "len", "any", "all"})
_PARTS: Final = (
    *(ast.UnaryOp, ast.Compare, ast.List, ast.Tuple, ast.Set, ast.GeneratorExp, ast.ListComp, ast.comprehension),
)


def only_asked_for(tree: Tree, names: Collection[str]) -> Keys:
    """Those of some variables whose value goes into checks or nowhere, and the names that hold it on its way."""
    found = Keys()
    search = _Search(tree)
    read: dict[str, list[tuple[Module, ast.expr]]] = defaultdict(list)
    for module, node, key in reads(search.project, names):
        if key in names and not is_test(module):
            read[key].append((module, node))
    for key in names:
        search.begin()
        is_idle = all(search.ends_in_checks(*each) for each in read[key])
        if is_idle and search.is_only_read_or_asked_for(key) and (read[key] or search.is_asked):
            found.secrets.add(key)
            found.holders |= search.holders
    return found


class _Search:
    """The way of one value through a program, to its ends."""

    def __init__(self, tree: Tree) -> None:
        self.project: Final = project_of(tree)
        self._logins: Final = bool(verdicts_of(tree).logins)
        self.begin()

    def begin(self) -> None:
        """Forget the variable before."""
        self.holders: set[tuple[Scope, str]] = set()
        self.is_asked = False

    # --- where a value goes -------------------------------------------------------------------------------------------

    def ends_in_checks(self, module: Module, node: ast.expr) -> bool:
        """Whether a value goes into checks only, or nowhere."""
        here: ast.AST = node
        is_whole = True
        while True:
            around = module.parent(here)
            if isinstance(around, ast.If | ast.Assert):
                return self._asks(around)
            statement = module.parent(around) if isinstance(around, ast.Tuple | ast.List) else around
            if isinstance(statement, ast.Assign | ast.AnnAssign):
                return is_whole and self._is_kept(module, statement, here)
            if isinstance(around, ast.keyword):
                around = module.parent(around)
            if isinstance(around, ast.Call) and here is not around.func:
                called = called_name(around)
                if called not in {*_HANDED_ON, *_JUDGED}:
                    return is_whole and self._is_taken_in_vain(module, around, here)
                is_whole = is_whole and called in _HANDED_ON
            elif isinstance(around, _PARTS):
                is_whole = False
            elif not _is_whole(around):
                return False
            here = around

    def _asks(self, statement: ast.If | ast.Assert) -> bool:
        if isinstance(statement, ast.If) and not gives_up(statement):
            return False
        self.is_asked = True
        return True

    def _is_kept(self, module: Module, statement: ast.Assign | ast.AnnAssign, value: ast.AST) -> bool:
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        target = _counterpart(targets[0], statement.value, value)
        if len(targets) != 1 or not isinstance(target, ast.Name):
            return False
        scope = module.scopes.scope_at(statement)
        return not scope.is_class and self._goes_nowhere(module, module.scopes.find(target.id, scope), target.id)

    def _is_taken_in_vain(self, module: Module, call: ast.Call, value: ast.AST) -> bool:
        """Whether an argument is for a parameter of the tree whose value goes nowhere."""
        symbol = self.project.resolve(module, call.func)
        if symbol is None or symbol.home is None or not isinstance(symbol.definition, ast.FunctionDef):
            return False
        function, home = symbol.definition, symbol.home
        given = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        names = [each.arg for each in given if self.project.argument(function, call, each.arg) is value]
        return len(names) == 1 and self._goes_nowhere(home, home.scopes.of_definition.get(function), names[0])

    def _goes_nowhere(self, module: Module, scope: Scope | None, name: str) -> bool:
        """Whether a name that holds the value is used in checks only."""
        if scope is None or (scope.is_module and name in module.exported):
            return False
        if (scope, name) in self.holders:
            return True
        self.holders.add((scope, name))
        if others(self.project, module, scope, name):
            return False
        if not all(self._is_value(module, each) for each in scope.bindings.get(name, ())):
            return False
        return all(self.ends_in_checks(module, use) for use in scope.uses.get(name, ()))

    def _is_value(self, module: Module, binding: Binding) -> bool:
        """Whether a name gets the value there, or none: of another value more than its checks may be asked."""
        if binding.kind is Kind.PARAMETER:
            return True
        value = binding.value
        is_read = value is not None and any(
            env_read(self.project, module, each) for each in ast.walk(value) if isinstance(each, ast.expr)
        )
        return binding.kind in {Kind.ASSIGNED, Kind.UNPACKED} and (
            is_read or isinstance(value, ast.Constant | ast.Name)
        )

    # --- who says its name --------------------------------------------------------------------------------------------

    def is_only_read_or_asked_for(self, key: str) -> bool:
        """Whether code says the name of a variable in checks and in reads only; settings classes are not told apart."""
        for module in self.project.modules.values():
            if is_test(module) or not re.search(rf"\b{key}\b", module.source.text, re.IGNORECASE):
                continue
            fields = (each.target for each in module.every(ast.AnnAssign) if each.value is None)
            if any(isinstance(each, ast.Name) and each.id.upper() == key for each in fields):
                return False
            if any(name.upper() == key for name in module.attributes):
                return False
            if not all(self._is_question(module, each) for each in self._texts(module, key)):
                return False
        return True

    def _texts(self, module: Module, key: str) -> Iterator[ast.Constant]:
        """The texts that are the variable's name, but for those of reads."""
        for node in module.every(ast.Constant):
            around = module.parent(node)
            is_read = isinstance(around, ast.Call | ast.Subscript) and env_read(self.project, module, around)
            if isinstance(node.value, str) and node.value.upper() == key and not is_read:
                yield node

    def _is_question(self, module: Module, node: ast.Constant) -> bool:
        """``"SF_PASSWORD" in os.environ`` in a check, or an element of a list of variables that have to be there."""
        around = module.parent(node)
        if isinstance(around, ast.Compare) and around.left is node and isinstance(around.ops[0], ast.In | ast.NotIn):
            return self.ends_in_checks(module, around)
        if not isinstance(around, ast.List | ast.Tuple | ast.Set) or self._logins:
            return False  # what a list names may be given to a login whose arguments nobody sees
        self.is_asked = True
        return may_read_environment(module)


def _is_whole(node: ast.AST | None) -> TypeGuard[ast.expr]:
    """Whether an expression may be the value of one of its parts."""
    return isinstance(node, ast.BoolOp | ast.IfExp | ast.Call) or (
        isinstance(node, ast.Attribute) and node.attr in _HANDED_ON
    )


def _counterpart(target: ast.expr, whole: ast.expr | None, value: ast.AST) -> ast.expr | None:
    """What is given a value: the target of an assignment, or the one at the same place of several."""
    if value is whole:
        return target
    if not isinstance(target, ast.Tuple | ast.List) or not isinstance(whole, ast.Tuple | ast.List):
        return None
    is_starred = any(isinstance(each, ast.Starred) for each in (*target.elts, *whole.elts))
    pairs = zip(target.elts, whole.elts, strict=False) if not is_starred else ()
    return next((name for name, each in pairs if each is value), None)
