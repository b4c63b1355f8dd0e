"""SFA503: checks that a password is there, which would still ask for it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from orgkey_codemod.model import Example, Finding, Level, Rule
from orgkey_codemod.plain.settings import secret_keys
from orgkey_codemod.python.checks import Asked, Checks
from orgkey_codemod.python.keys import is_test, keys_of
from orgkey_codemod.python.project import project_of
from orgkey_codemod.python.values import env_read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_codemod.model import Tree
    from orgkey_codemod.python.keys import Keys
    from orgkey_codemod.python.module import Module
    from orgkey_codemod.python.project import Project

__all__ = ["RULE"]

_KINDS: Final[tuple[type[ast.AST], ...]] = (ast.List, ast.Tuple, ast.Set, ast.If, ast.Assert)
_ENDS: Final = frozenset({"exit", "_exit", "abort", "fail", "error"})


def _examine(tree: Tree) -> Iterator[Finding]:
    project, keys = project_of(tree), keys_of(tree)
    if not keys.secrets and not keys.holders:
        return
    going = {key for key, level in secret_keys(tree).items() if level is not Level.REPORT}
    asked = Asked(tree, keys, going)
    for module in project.modules.values():
        if module.path in tree.readonly or is_test(module) or not _may_ask(project, module, keys):
            continue
        checks = Checks(project, module, asked)
        for node in (node for kind in _KINDS for node in module.every(kind)):
            if _is_list_of_names(module, node, keys) or _is_check(project, module, node, keys):
                message = "still asks for a password that nothing uses any more: leave its name out"
                edits = checks.without_secrets(node)
                yield Finding("SFA503", Level.REVIEW, module.path, module.place(node), message, edits=edits)


def _may_ask(project: Project, module: Module, keys: Keys) -> bool:
    return module in project.relevant or any(key in module.source.text for key in keys.secrets)


def _is_list_of_names(module: Module, node: ast.AST, keys: Keys) -> bool:
    """A list of variables that have to be set, the password's among others."""
    if not isinstance(node, ast.List | ast.Tuple | ast.Set):
        return False
    around = module.parent(node)
    if isinstance(around, ast.Subscript) or _is_export(around):
        return False
    if "environ" not in module.source.text and "getenv" not in module.source.text:
        return False
    texts = [each.value for each in node.elts if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    return len(texts) == len(node.elts) and any(text in keys.secrets for text in texts)


def _is_export(node: ast.AST | None) -> bool:
    """Whether a statement says what a module exports."""
    return isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets)


def _is_check(project: Project, module: Module, node: ast.AST, keys: Keys) -> bool:
    """An ``if`` that gives up, or an assertion, about a secret."""
    if isinstance(node, ast.Assert):
        return _asks(project, module, node.test, keys)
    return isinstance(node, ast.If) and _gives_up(node) and _asks(project, module, node.test, keys)


def _gives_up(node: ast.If) -> bool:
    for statement in node.body:
        if isinstance(statement, ast.Raise):
            return True
        called = statement.value if isinstance(statement, ast.Expr) else None
        if isinstance(called, ast.Call) and ast.unparse(called.func).split(".")[-1] in _ENDS:
            return True
    return False


def _asks(project: Project, module: Module, test: ast.expr, keys: Keys) -> bool:
    for node in ast.walk(test):
        if isinstance(node, ast.Name) and (id(module.scopes.owner.get(node)), node.id) in keys.holders:
            return True
        if isinstance(node, ast.Call | ast.Subscript):
            read = env_read(project, module, node)
            if read is not None and read.key in keys.secrets:
                return True
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Constant) and node.left.value in keys.secrets:
            return True
    return False


RULE = Rule(
    code="SFA503",
    title="a check that the password's variable is set",
    explanation=(
        "The program gives up where a variable is missing that it no longer needs. With --unsafe the password and "
        "the token leave the check, and a check of nothing else goes. Ask for SALESFORCE_CLIENT_ID and "
        "SALESFORCE_PRIVATE_KEY_FILE instead: `orgkey doctor` does."
    ),
    examine=_examine,
    examples=(
        Example(
            "import os\n\nfrom simple_salesforce import Salesforce\n\n"
            'assert os.environ.get("SF_PASS"), "SF_PASS is missing"\n'
            'sf = Salesforce(username=os.environ["SF_USER"], password=os.environ["SF_PASS"], security_token="")\n',
            "import os\n\nfrom orgkey_simple_salesforce import Salesforce\n\n"
            'assert os.environ.get("SF_PASS"), "SF_PASS is missing"\n'
            'sf = Salesforce(username=os.environ["SF_USER"])\n',
        ),
    ),
)
