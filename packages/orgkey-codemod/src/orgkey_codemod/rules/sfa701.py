"""SFA701: tests that replace the library's class, set the password's variable or assert on it."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

from orgkey_codemod.model import Finding, Level, Rule
from orgkey_codemod.python.along.keys import keys_of
from orgkey_codemod.python.editing.arguments import Pieces
from orgkey_codemod.python.editing.statements import remove
from orgkey_codemod.python.judging.verdicts import verdicts_of
from orgkey_codemod.python.libraries import PASSWORDS
from orgkey_codemod.python.reading.module import is_test
from orgkey_codemod.python.reading.project import project_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_codemod.model import Edit, Tree
    from orgkey_codemod.python.along.keys import Keys
    from orgkey_codemod.python.reading.module import Module

__all__ = ["RULE"]

_PATCHED: Final = re.compile(
    r"(?P<library>simple_salesforce(?:\.api|\.login)?|langchain_salesforce(?:\.tools)?"
    r"|llama_index\.tools\.salesforce(?:\.base)?)"
    r"\.(?P<name>Salesforce(?:Login|Tool|ToolSpec)?)(?P<rest>\.__init__)?"
)
_REPLACEMENTS: Final = {
    "simple_salesforce": "orgkey_simple_salesforce",
    "langchain_salesforce": "orgkey_langchain",
    "llama_index": "orgkey_llama_index",
}


def _examine(tree: Tree) -> Iterator[Finding]:
    if not tree.options.tests or not any(
        verdict.level is not Level.REPORT and not verdict.is_left(tree) for verdict in verdicts_of(tree).logins
    ):
        return
    keys = keys_of(tree)
    for module in project_of(tree).modules.values():
        if not is_test(module) or module.path in tree.readonly:
            continue
        for node in module.every(ast.Constant):
            if isinstance(node.value, str):
                yield from _text(module, node, node.value, keys)
        for call in module.every(ast.Call):
            yield from _assertion(module, call)


def _text(module: Module, node: ast.Constant, value: str, keys: Keys) -> Iterator[Finding]:
    patched = _PATCHED.fullmatch(value)
    if patched is not None:
        package = _REPLACEMENTS[patched["library"].split(".")[0]]
        quoted = module.segment(node)
        edit = module.source.edit(module.start(node), module.end(node), quoted.replace(patched["library"], package))
        yield _finding(module, node, "patches the class that the code no longer uses", (edit,))
    elif value in keys.secrets and module.parent(node) not in keys.reads and not _feeds(module, node, keys):
        yield _finding(
            module, node, "sets or asks for a variable that the code no longer reads", _setting(module, node)
        )
    elif value in PASSWORDS and _is_call_argument(module, node):
        yield _finding(module, node, "asserts on an argument that goes", ())


def _feeds(module: Module, node: ast.AST, keys: Keys) -> bool:
    here: ast.AST | None = node
    while here is not None and not isinstance(here, ast.stmt):
        if here in keys.reads:
            return True
        here = module.parent(here)
    return False


def _setting(module: Module, node: ast.Constant) -> tuple[Edit, ...]:
    """The removal of ``setenv("KEY", ...)`` where it stands alone."""
    call = module.parent(node)
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in {"setenv", "delenv"}:
        statement = module.parent(call)
        if isinstance(statement, ast.Expr):
            removal = remove(module, statement)
            return () if removal.loses_comment else removal.edits
    return ()


def _is_call_argument(module: Module, node: ast.AST) -> bool:
    """``mock.call_args.kwargs["password"]``."""
    item = module.parent(node)
    return isinstance(item, ast.Subscript) and "call_args" in ast.unparse(item.value)


def _assertion(module: Module, node: ast.Call) -> Iterator[Finding]:
    """``mock.assert_called_with(password=...)``."""
    if not isinstance(node.func, ast.Attribute) or not node.func.attr.startswith("assert_"):
        return
    gone = [number for number, word in enumerate(node.keywords, len(node.args)) if word.arg in PASSWORDS]
    if not gone:
        return
    try:
        removal = Pieces.of_call(module, node).without(gone)
    except SyntaxError:
        return
    yield _finding(module, node, "asserts on an argument that goes", () if removal.loses_comment else removal.edits)


def _finding(module: Module, node: ast.AST, message: str, edits: tuple[Edit, ...]) -> Finding:
    return Finding("SFA701", Level.REVIEW, module.path, module.place(node), message, edits=edits)


RULE = Rule(
    code="SFA701",
    title="tests: what they patch, set and assert (with --tests)",
    explanation=(
        "Tests that patch simple_salesforce.Salesforce would patch a class that nobody calls; tests that set or "
        "assert the password would fail. With --unsafe the targets are renamed, and what sets or asserts the "
        "password goes."
    ),
    examine=_examine,
)
