"""Two ways to log in side by side: a key or a session in one branch, the password in the other."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from orgkey_codemod.python.logins.calls import read

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orgkey_codemod.python.logins.calls import Login
    from orgkey_codemod.python.reading.project import Project

__all__ = ["durable_logins", "other_way"]


def other_way(project: Project, login: Login) -> ast.AST | None:
    """The statement or expression that chooses between another login and this one; None where nothing does."""
    module = login.module
    child: ast.AST = login.call
    here = module.parent(child)
    while here is not None and not isinstance(here, ast.Module | ast.ClassDef):
        if any(_logs_in_otherwise(project, login, branch) for branch in _siblings(here, child)):
            return here
        early = _early_return(project, login, here, child)
        if early is not None:
            return early
        if _late_return(project, login, here, child):
            return here
        if isinstance(here, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            return None
        child, here = here, module.parent(here)
    if isinstance(here, ast.Module):
        return _early_return(project, login, here, child)
    return None


def _siblings(here: ast.AST, child: ast.AST) -> Iterable[ast.AST]:
    """The branches beside the one that ``child`` is in."""
    if isinstance(here, ast.If):
        return here.orelse if child in here.body else here.body if child in here.orelse else []
    if isinstance(here, ast.IfExp):
        return [here.orelse] if child is here.body else [here.body] if child is here.orelse else []
    if isinstance(here, ast.Try):
        others = [handler for handler in here.handlers if handler is not child]
        return [*(here.body if child not in here.body else []), *others]
    if isinstance(here, ast.Match):
        return [case for case in here.cases if case is not child]
    if isinstance(here, ast.BoolOp):
        return [value for value in here.values if value is not child]
    return []


def _early_return(project: Project, login: Login, here: ast.AST, child: ast.AST) -> ast.If | None:
    """An ``if`` in front that has already returned with another login."""
    body = getattr(here, "body", None)
    before = body[: body.index(child)] if isinstance(body, list) and child in body else []
    for statement in before:
        returned = isinstance(statement, ast.If) and isinstance(statement.body[-1], ast.Return)
        if returned and any(_logs_in_otherwise(project, login, each) for each in statement.body):
            found: ast.If = statement
            return found
    return None


def _late_return(project: Project, login: Login, here: ast.AST, child: ast.AST) -> bool:
    """Whether an ``if`` returns with this login, and another one comes below it."""
    if (
        not isinstance(here, ast.If)
        or child not in here.body
        or here.orelse
        or not isinstance(here.body[-1], ast.Return)
    ):
        return False
    around = getattr(login.module.parent(here), "body", [])
    below = around[around.index(here) + 1 :] if here in around else []
    return any(isinstance(each, ast.Return) and durable_logins(project, login, each) for each in below)


def _logs_in_otherwise(project: Project, login: Login, branch: ast.AST) -> bool:
    return bool(_others(project, login, branch))


def durable_logins(project: Project, login: Login, branch: ast.AST) -> list[Login]:
    """The logins in a branch by a key or the secret of an app, which need no other one to fall back on."""
    names = ("privatekey", "privatekey_file", "consumer_secret")
    return [other for other in _others(project, login, branch) if any(other.value(name) is not None for name in names)]


def _others(project: Project, login: Login, branch: ast.AST) -> list[Login]:
    """The logins without a password in a branch beside a login."""
    calls = (node for node in ast.walk(branch) if isinstance(node, ast.Call))
    found = (read(project, login.module, call) for call in calls)
    return [other for other in found if other is not None and other.logs_in_otherwise and not other.has_password]
