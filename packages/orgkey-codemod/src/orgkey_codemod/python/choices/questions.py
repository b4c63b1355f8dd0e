"""What a choice between two logins asks: for credentials to one place, or for the place itself."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

from orgkey_codemod.python.choices.branches import durable_logins
from orgkey_codemod.python.reading.scopes import Kind
from orgkey_codemod.python.reading.truths import holds_variables
from orgkey_codemod.python.reading.values import called_name, env_read

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from orgkey_codemod.python.logins.calls import Login
    from orgkey_codemod.python.reading.module import Module
    from orgkey_codemod.python.reading.project import Project

__all__ = ["is_by_credentials"]

_PLACE: Final = ("username", "domain", "instance", "instance_url", "sandbox", "organizationId")
"""The arguments that say where a login goes, and who acts there."""
_DEFAULTS: Final = (None, "login", False)
_CREDENTIALS: Final = frozenset(
    {
        "key",
        "keyfile",
        "privatekey",
        "secret",
        "password",
        "passwd",
        "pass",
        "pwd",
        "pw",
        "token",
        "cert",
        "certificate",
    }
    | {"pem", "jwt", "credentials", "consumer"}
)
_FORMS: Final = frozenset({"file", "path", "id", "enabled", "set", "b", "base"})
_METHOD: Final = re.compile(
    r"(oauth[_ -]?)?(jwt([_ -]?bearer)?|(private[_ -]?)?key|cert(ificate)?|(user(name)?[_ -]?)?password|basic"
    r"|client[_ -]?credentials)",
    re.IGNORECASE,
)
_DEEP: Final = 4
_FILES: Final = frozenset({"exists", "isfile", "is_file"})


def is_by_credentials(project: Project, login: Login, choice: ast.AST) -> bool:
    """Whether credentials choose between a login and one by key beside it, to the same org as the same user.

    ``if ENV == "prod"`` chooses between orgs, however the two logins are made, and so does another user or domain.
    """
    branches = [choice, *(_below(login.module, choice) if login.call in ast.walk(choice) else [])]
    others = [other for branch in branches for other in durable_logins(project, login, branch)]
    if not others or not all(_same_place(project, login, other) for other in others):
        return False
    tests = _tests(choice)
    return all(_is_of_the_program(login.module, test) for test in tests) and all(
        _asks_for_credentials(project, login.module, test) for test in tests
    )


def _below(module: Module, choice: ast.AST) -> list[ast.stmt]:
    """The statements behind an ``if`` that returns."""
    around = getattr(module.parent(choice), "body", [])
    return around[around.index(choice) + 1 :] if isinstance(choice, ast.If) and choice in around else []


def _tests(choice: ast.AST) -> list[ast.expr]:
    found: list[ast.expr] = []
    here: ast.AST | None = choice
    while isinstance(here, ast.If | ast.IfExp):
        found.append(here.test)
        behind = here.orelse if isinstance(here, ast.If) else []
        here = behind[0] if len(behind) == 1 else None
    return found


# --- one place --------------------------------------------------------------------------------------------------------


def _same_place(project: Project, login: Login, other: Login) -> bool:
    if login.client.name != other.client.name or login.unresolved or other.unresolved:
        return False
    if login.value("username") is None:
        return False
    ours, theirs = ([_value(project, each, name) for name in _PLACE] for each in (login, other))
    return ours == theirs and (None, "unknown") not in ours


def _value(project: Project, login: Login, name: str) -> Hashable:
    node = login.value(name)
    found = _known(project, login.module, node) if node is not None else ("is", None)
    return ("is", None) if found[0] == "is" and found[1] in _DEFAULTS else found


def _known(project: Project, module: Module, node: ast.expr, depth: int = 0) -> tuple[str | None, Hashable]:
    """What an expression stands for, so that two that are written differently can be compared."""
    read = env_read(project, module, node)
    if read is not None:
        return "variable", (read.key, ast.dump(read.default) if read.default is not None else None)
    if isinstance(node, ast.Constant):
        return "is", node.value
    if isinstance(node, ast.Name):
        bindings = module.scopes.bindings_of(node)
        if len(bindings) != 1:  # each branch may have given it its own
            return None, "unknown"
        value = bindings[0].value if bindings[0].kind is Kind.ASSIGNED else None
        return ("name", (bindings[0].scope, node.id)) if value is None or depth else _known(project, module, value, 1)
    inside = list(ast.walk(node))
    names = [each for each in inside if isinstance(each, ast.Name) and each in module.scopes.owner]
    is_firm = all(len(module.scopes.owner[each].bindings[each.id]) == 1 for each in names)
    is_firm = is_firm and not any(isinstance(each, ast.Call) for each in inside)
    return ("code", ast.unparse(node)) if is_firm else (None, "unknown")


# --- one question -----------------------------------------------------------------------------------------------------


def _is_of_the_program(module: Module, node: ast.expr, depth: int = 0) -> bool:
    """Whether a test says the same in every call: a parameter or a record of a loop may have a key or not."""
    for name in (each for each in ast.walk(node) if isinstance(each, ast.Name)):
        for binding in module.scopes.bindings_of(name):
            if binding.kind in {Kind.IMPORT, Kind.DEFINED}:
                continue
            if binding.kind is not Kind.ASSIGNED or binding.value is None or depth > _DEEP:
                return False
            if not _is_of_the_program(module, binding.value, depth + 1):
                return False
    return True


def _asks_for_credentials(project: Project, module: Module, test: ast.expr) -> bool:
    """Whether a test only asks if keys, secrets and passwords are there, or which of them is wanted."""
    if isinstance(test, ast.BoolOp):
        return all(_asks_for_credentials(project, module, each) for each in test.values)
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _asks_for_credentials(project, module, test.operand)
    if isinstance(test, ast.Compare):
        return len(test.ops) == 1 and _compares_credentials(project, module, test)
    read = env_read(project, module, test)
    if read is not None:
        return _is_credential(read.key)
    if isinstance(test, ast.Call):
        return _calls_for_credentials(project, module, test)
    if isinstance(test, ast.Subscript):
        return isinstance(test.slice, ast.Constant) and _is_credential(str(test.slice.value))
    return _is_credential(test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", ""))


def _compares_credentials(project: Project, module: Module, test: ast.Compare) -> bool:
    """``"SF_KEY" in os.environ``, ``key is not None`` and ``method == "jwt"``."""
    left, op, right = test.left, test.ops[0], test.comparators[0]
    if isinstance(op, ast.In | ast.NotIn):
        is_named = isinstance(left, ast.Constant) and holds_variables(project, module, right)
        return is_named and _is_credential(str(getattr(left, "value", "")))
    if not isinstance(right, ast.Constant) or not isinstance(op, ast.Is | ast.IsNot | ast.Eq | ast.NotEq):
        return False
    if isinstance(right.value, str) and _METHOD.fullmatch(right.value):
        return True
    return not right.value and _asks_for_credentials(project, module, left)


def _calls_for_credentials(project: Project, module: Module, test: ast.Call) -> bool:
    """``all([key, secret])``, ``config.get("sf_key")`` and ``os.path.exists(key_file)``."""
    name = called_name(test)
    if name in {"all", "any", "bool"} and len(test.args) == 1:
        inner = test.args[0]
        parts = inner.elts if isinstance(inner, ast.List | ast.Tuple) else [inner]
        return all(_asks_for_credentials(project, module, each) for each in parts)
    if name == "get" and test.args and isinstance(test.args[0], ast.Constant):
        return _is_credential(str(test.args[0].value))
    return name in _FILES and any(_is_credential(each) for each in _words(test))


def _words(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Name):
            yield each.id
        elif isinstance(each, ast.Attribute):
            yield each.attr
        elif isinstance(each, ast.Constant):
            yield str(each.value)


def _is_credential(name: str) -> bool:
    """Whether the last of the words that a name is made of says so."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    parts = [each for each in re.split(r"[^a-z]+", words) if each and each not in _FORMS]
    return bool(parts) and parts[-1] in _CREDENTIALS
