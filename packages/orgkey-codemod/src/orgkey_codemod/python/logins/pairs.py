"""Which users a program logs in as: one set of settings holds one of them."""

from __future__ import annotations

import ast
from itertools import combinations
from typing import TYPE_CHECKING

from orgkey_codemod.python.reading.module import is_test
from orgkey_codemod.python.reading.scopes import Kind
from orgkey_codemod.python.reading.values import origin

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import PurePosixPath

    from orgkey_codemod.python.logins.calls import Login
    from orgkey_codemod.python.reading.module import Module
    from orgkey_codemod.python.reading.project import Project
    from orgkey_codemod.python.reading.scopes import Binding

    Pair = tuple[PurePosixPath, frozenset[str], frozenset[str]]
    """The module that gives a user name and a password, and what each is made of."""

__all__ = ["of_several"]


def of_several(project: Project, logins: Sequence[Login]) -> set[Login]:
    """The logins of programs that log in as several users, who may be in several orgs."""
    found = {login for login in logins if _is_chosen(login)}
    pairs = [(login, pair) for login in logins for pair in _pairs(project, login)]
    others = [(one, other) for one, other in combinations(pairs, 2) if _differ(one[1], other[1])]
    if not others:
        return found
    programs = [project.reached_from(path) for path, module in project.modules.items() if not is_test(module)]
    for one, other in others:
        if any({one[1][0], other[1][0]} <= program for program in programs):
            found |= {one[0], other[0]}
    return found


def _is_chosen(login: Login) -> bool:
    """Whether user name and password are picked by a name that changes: ``ORGS[name]``, ``environ[f"{org}_USER"]``."""
    values = [login.value(name) for name in ("username", "password")]
    return all(value is not None and _is_picked(login.module, value) for value in values)


def _is_picked(module: Module, value: ast.expr) -> bool:
    keys: list[ast.AST] = []
    for source in (value, *(each.value for each in module.scopes.bindings_of(value) if each.value is not None)):
        for node in ast.walk(source) if not isinstance(source, ast.Name | ast.Constant) else ():
            if isinstance(node, ast.Subscript):
                keys.append(node.slice)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                keys += node.args[:1] if node.func.attr in {"get", "getenv"} else []
    keys = [key for key in keys if not isinstance(key, ast.Constant)]
    names = (node for key in keys for node in ast.walk(key))
    return any(_changes(each) for node in names for each in module.scopes.bindings_of(node))


def _changes(binding: Binding) -> bool:
    """Whether a name is a parameter, or the variable of a loop."""
    return binding.kind is Kind.PARAMETER or isinstance(binding.statement, ast.For | ast.AsyncFor)


def _differ(one: Pair, other: Pair) -> bool:
    """Whether both user name and password come from somewhere else; what is not known differs from nothing."""
    return all(here and there and here.isdisjoint(there) for here, there in zip(one[1:], other[1:], strict=True))


def _pairs(project: Project, login: Login) -> Iterator[Pair]:
    """The user name and the password of a login; those of each call, where a function gets them both."""
    module = login.module
    user, password = login.value("username"), login.value("password")
    if user is None or password is None:
        return
    function = _taker(module, password)
    if function is None or function is not _taker(module, user):
        yield module.path, _sources(project, module, user), _sources(project, module, password)
        return
    for home, call in project.calls_of(module, function):
        given = [project.argument(function, call, each.id) for each in (user, password) if isinstance(each, ast.Name)]
        if given[0] is not None and given[1] is not None:
            yield home.path, _sources(project, home, given[0]), _sources(project, home, given[1])


def _taker(module: Module, value: ast.expr) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The function whose parameter a value is."""
    bindings = module.scopes.bindings_of(value)
    node = bindings[0].scope.node if [each.kind for each in bindings] == [Kind.PARAMETER] else None
    return node if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else None


def _sources(project: Project, module: Module, value: ast.expr) -> frozenset[str]:
    """The variables that a value is read from, or else the text that it is."""
    reads = frozenset(read.key for _, read in origin(project, module, value).reads)
    texts = [value, *project.values_of(module, value)]
    return reads or frozenset(
        each.value for each in texts if isinstance(each, ast.Constant) and isinstance(each.value, str) and each.value
    )
