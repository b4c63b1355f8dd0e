"""Whether a form is made anew for each request that it is sent with, so that what is signed in it is fresh."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

from orgkey_codemod.python.reading.values import called_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_codemod.python.reading.module import Module
    from orgkey_codemod.python.reading.project import Project

    Function = ast.FunctionDef | ast.AsyncFunctionDef

__all__ = ["is_made_to_be_sent"]

_BUILDERS: Final = frozenset(
    {
        "dict",
        "urlencode",
        "encode",
        "bytes",
        "str",
        "dumps",
        "FormData",
        "quote",
        "quote_plus",
        "list",
        "tuple",
        "items",
    }
    | {"Request", "HTTPRequest", "build_request", "prepare", "prepare_request", "copy", "deepcopy", "BytesIO"}
)
"""Calls whose result has still to be sent."""
_SENDING: Final = frozenset({"post", "request", "urlopen", "fetch", "send", "open"})
_COMPREHENSIONS: Final = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_DEEP: Final = 4


def is_made_to_be_sent(project: Project, module: Module, form: ast.expr) -> bool:
    """Whether a form, and each turn that it takes until a request is sent, is of the same function and the same loop.

    A form that is kept (in a closure, by ``partial``, by an object) is sent again when an assertion in it has expired.
    Who calls a lambda, and what becomes of it, is not in sight.
    """
    origin = _surroundings(module, form)
    return not isinstance(origin[-1], ast.Lambda) and _Way(project).goes_out(module, form, origin, 0)


class _Way:
    """The way of a form to its request."""

    def __init__(self, project: Project) -> None:
        self._project: Final = project

    def goes_out(self, module: Module, node: ast.expr, origin: list[object], depth: int) -> bool:
        """Whether a form, or what it has become, is sent from the function and the loop that it was made in."""
        if depth > _DEEP or _surroundings(module, node) != origin:
            return False
        here: ast.AST | None = module.parent(node)
        while here is not None and not isinstance(here, ast.stmt):
            if isinstance(here, ast.Lambda | ast.NamedExpr | ast.arguments):
                return False
            if isinstance(here, ast.Call) and called_name(here) not in _BUILDERS:
                return self._sends(module, here, node, depth)
            here = module.parent(here)
        target = _target(here)
        if target is None:
            return False
        scope = module.scopes.scope_at(target)
        uses = scope.uses.get(target.id, ())
        is_own = len(scope.bindings.get(target.id, ())) == 1 and target.id not in module.exported
        return is_own and len(uses) == 1 and self.goes_out(module, uses[0], origin, depth + 1)

    def _sends(self, module: Module, call: ast.Call, form: ast.expr, depth: int) -> bool:
        """Whether a call sends a request itself, by its name; what is handed a function may call it for ever."""
        symbol = self._project.resolve(module, call.func)
        if symbol is not None and isinstance(symbol.definition, ast.ClassDef):
            return False
        handed_on = [*call.args, *(word.value for word in call.keywords)]
        if any(isinstance(each, ast.Attribute | ast.Name) and _is_sending(_last(each)) for each in handed_on):
            return False
        return _is_sending(called_name(call)) and all(
            self._sends_at_once(home, function, call, form, depth) for home, function in self._own(module, call)
        )

    def _own(self, module: Module, call: ast.Call) -> Iterator[tuple[Module, Function]]:
        """The functions of the tree that a call may mean: what it stands for, or a method of the module by its name."""
        symbol = self._project.resolve(module, call.func)
        if symbol is not None:
            if symbol.home is not None and isinstance(symbol.definition, ast.FunctionDef | ast.AsyncFunctionDef):
                yield symbol.home, symbol.definition
        elif isinstance(call.func, ast.Attribute):
            methods: list[Function] = [*module.every(ast.FunctionDef), *module.every(ast.AsyncFunctionDef)]
            yield from ((module, each) for each in methods if each.name == call.func.attr)

    def _sends_at_once(self, home: Module, function: Function, call: ast.Call, form: ast.expr, depth: int) -> bool:
        """Whether a function of the tree sends, in no loop of its own, what it is given."""
        scope = home.scopes.of_definition[function]
        origin = _surroundings(home, function.body[0])
        names = [each.arg for each in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]
        given = {name: self._project.argument(function, call, name) for name in names}
        forms = [name for name, value in given.items() if value is not None and form in ast.walk(value)]
        uses = [use for name in forms for use in scope.uses.get(name, ())]
        stars = [star.arg for star in (function.args.vararg, function.args.kwarg) if star is not None]
        handed_on = [use for name in stars for use in scope.uses.get(name, ())]
        return all(self.goes_out(home, use, origin, depth + 1) for use in uses) and all(
            _surroundings(home, use) == origin for use in handed_on
        )


def _target(statement: ast.AST | None) -> ast.Name | None:
    """The one name that a statement gives a value."""
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    if not isinstance(statement, ast.Assign | ast.AnnAssign) or len(targets) != 1:
        return None
    return targets[0] if isinstance(targets[0], ast.Name) else None


def _last(node: ast.Attribute | ast.Name) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id


def _is_sending(name: str) -> bool:
    return not _SENDING.isdisjoint(re.split(r"_+", name.lower()))


def _surroundings(module: Module, node: ast.AST) -> list[object]:
    """The notebook's cell, the loops and the function that a node is in."""
    found: list[object] = [module.place(node).cell]
    child, here = node, module.parent(node)
    while here is not None:
        if _repeats(here, child):
            found.append(here)
        elif isinstance(here, ast.Lambda) or (isinstance(here, _FUNCTIONS) and child in here.body):
            return [*found, here]
        child, here = here, module.parent(here)
    return found


def _repeats(around: ast.AST, child: ast.AST) -> bool:
    """Whether something is worked out in each turn of the loop that it is part of."""
    if isinstance(around, ast.While):
        return child is around.test or child in around.body
    return isinstance(around, _COMPREHENSIONS) or (isinstance(around, ast.For | ast.AsyncFor) and child in around.body)
