"""Secrets that stand in the code itself: in logins, in what feeds them, in constants, comments and examples."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from orgkey_codemod.python.judging.verdicts import verdicts_of
from orgkey_codemod.python.logins.grants import grants, spoken_of
from orgkey_codemod.python.reading.fields import classes_of, declarations, option_names
from orgkey_codemod.python.reading.project import project_of
from orgkey_codemod.python.reading.scopes import Kind
from orgkey_codemod.python.reading.values import literals, looks_secret, origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_codemod.model import Tree
    from orgkey_codemod.python.reading.module import Module
    from orgkey_codemod.python.reading.project import Project

__all__ = ["secrets", "written_secrets"]

_HOLDERS: Final = frozenset({"Option", "Argument", "Field", "field"})
"""Calls whose first argument, or ``default``, is what a parameter or a field is without a value."""
_ROLES: Final = ("password", "security_token", "consumer_secret", "privatekey")
_CONSTANT: Final = re.compile(
    r"^_?(sf|sfdc|salesforce|crm)_?\w*(pass|passwd|password|pwd|token|secret)$", re.IGNORECASE
)
_NAMED: Final = re.compile(r"^_?(sf|sfdc|salesforce|crm)\w*\s*[:=]", re.IGNORECASE | re.MULTILINE)
_WRITTEN: Final = re.compile(
    r"""(?P<name>\w*(?:password|passwd|pwd|security_?token|consumer_?secret|client_?secret|token|pass))["']?\]?\s*[=:]\s*"""
    r"""(?P<quote>["'])(?P<value>(?:(?!(?P=quote)).)+)(?P=quote)""",
    re.IGNORECASE,
)
_WORDS: Final = ("pass", "pwd", "token", "secret")
"""One of them is in every name above: a line without any needs no closer look."""
_OURS: Final = re.compile(r"Salesforce\w*\(|\b(sf|sfdc|salesforce)_", re.IGNORECASE)
_SNOWFLAKE: Final = re.compile(r"snowflake", re.IGNORECASE)
_FIELDS: Final = frozenset({"password", "client_secret", "PASSWORD", "CONSUMER_SECRET", "security_token"})


def secrets(tree: Tree) -> Iterator[tuple[Module, int, int]]:
    """The places of working secrets in the Python code of a tree, as characters of their module."""
    project = project_of(tree)
    for module, node in _in_code(project, tree):
        yield module, module.start(node), module.end(node)
    for module in project.modules.values():
        if module.path not in tree.readonly and spoken_of(module):
            yield from _in_words(module)


def _in_code(project: Project, tree: Tree) -> Iterator[tuple[Module, ast.expr]]:
    for verdict in verdicts_of(tree).logins:
        for role in _ROLES:
            value = verdict.login.value(role)
            if value is not None:
                yield from _given(project, verdict.login.module, value)
    for grant in grants(project):
        for name, value in grant.fields().items():
            if name in _FIELDS:
                yield from _literal(project, grant.module, value)
    for module in project.modules.values():
        if module.path not in tree.readonly:
            yield from _databases(project, module)
            yield from _constants(project, module)


def _given(project: Project, module: Module, value: ast.expr) -> Iterator[tuple[Module, ast.expr]]:
    """A secret in an argument of a login, and where that comes from: constants, defaults, options, fields, calls."""
    yield from _literal(project, module, value)
    bindings = origin(project, module, value).bindings
    for home, binding in bindings:
        if binding.value is not None and binding.kind in {Kind.ASSIGNED, Kind.PARAMETER}:
            yield from _literal(project, home, _default(binding.value))
        function = binding.scope.node
        if binding.kind is Kind.PARAMETER and isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for option in (each for each in function.decorator_list if isinstance(each, ast.Call)):
                yield from _of_option(project, home, option, binding.name)
            for caller, call in project.calls_of(home, function):
                given = project.argument(function, call, binding.name)
                if given is not None:
                    yield from _literal(project, caller, given)
    sources = [(module, value), *((home, each.value) for home, each in bindings if each.value is not None)]
    for home, node in ((home, node) for home, source in sources for node in ast.walk(source)):
        if isinstance(node, ast.Attribute):
            yield from _of_attribute(project, home, node)


def _of_attribute(project: Project, module: Module, node: ast.Attribute) -> Iterator[tuple[Module, ast.expr]]:
    """What ``self`` is given, what a class declares for ``settings.password``, and a flag for ``args.password``."""
    for value in project.attribute_values(module, node):
        yield from _literal(project, module, value)
    for home, definition in classes_of(project, module, node.value):
        for statement in declarations(definition, node.attr):
            if statement.value is not None:
                yield from _literal(project, home, _default(statement.value))
    for home, flag in project.flags:
        yield from _of_option(project, home, flag, node.attr)


def _of_option(project: Project, module: Module, option: ast.Call, name: str) -> Iterator[tuple[Module, ast.expr]]:
    """The default of an option of the command line that fills ``name``."""
    for word in option.keywords if name in option_names(option) else ():
        if word.arg == "default":
            yield from _literal(project, module, word.value)


def _default(value: ast.expr) -> ast.expr:
    """The default itself, where a call such as ``typer.Option("...")`` or ``Field(default="...")`` holds it."""
    if isinstance(value, ast.Call) and ast.unparse(value.func).split(".")[-1] in _HOLDERS:
        named = (word.value for word in value.keywords if word.arg == "default")
        return next(named, value.args[0] if value.args else value)
    return value


def _databases(project: Project, module: Module) -> Iterator[tuple[Module, ast.expr]]:
    for node in module.every(ast.Dict) if "salesforce.backend" in module.source.text else ():
        if _is_salesforce_database(node):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value in _FIELDS:
                    yield from _literal(project, module, value)


def _constants(project: Project, module: Module) -> Iterator[tuple[Module, ast.expr]]:
    """Constants whose names say what they are, used or not."""
    if _SNOWFLAKE.search(module.source.text) or not _NAMED.search(module.source.text):
        return
    for name, bindings in module.scopes.module.bindings.items():
        for binding in bindings if _CONSTANT.match(name) else ():
            if binding.kind is Kind.ASSIGNED and isinstance(binding.value, ast.Constant):
                yield from _literal(project, module, binding.value)


def _literal(project: Project, module: Module, value: ast.expr) -> Iterator[tuple[Module, ast.expr]]:
    if isinstance(value, ast.JoinedStr):  # the places of its parts are only right from 3.12 on
        if any(isinstance(each, ast.Constant) and looks_secret(str(each.value)) for each in value.values):
            yield module, value
        return
    found = literals(project, module, value)
    yield from ((module, each) for each in found if looks_secret(_text(each)) or (len(found) > 1 and _is_piece(each)))


def _text(constant: ast.Constant) -> str:
    return constant.value.decode("latin-1") if isinstance(constant.value, bytes) else str(constant.value)


def _is_piece(constant: ast.Constant) -> bool:
    """Whether a text too short for a secret may be part of one: it has letters or digits."""
    return len(_text(constant)) < len("secret") and any(each.isalnum() for each in _text(constant))


def _is_salesforce_database(node: ast.Dict) -> bool:
    return any(isinstance(value, ast.Constant) and value.value == "salesforce.backend" for value in node.values)


def _in_words(module: Module) -> Iterator[tuple[Module, int, int]]:
    """Comments and docstrings that hold a login or a setting with a secret."""
    text = module.source.text
    if not any(True for line in _lines_with_a_word(text) for _ in written_secrets(line)):
        return
    starts = module.source.line_starts
    rows = text.replace("\r\n", " \n").replace("\r", "\n")
    with suppress(tokenize.TokenError, SyntaxError, IndexError):
        for token in tokenize.generate_tokens(io.StringIO(rows, newline="\n").readline):
            if token.type == tokenize.COMMENT:
                begin = starts[token.start[0] - 1] + token.start[1]
                yield from ((module, begin + first, begin + last) for first, last in written_secrets(token.string))
    for node in module.every(ast.Expr):
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            begin, end = module.start(node.value), module.end(node.value)
            for line in re.finditer(r"[^\r\n]+", text[begin:end]):
                for first, last in written_secrets(line.group()):
                    yield module, begin + line.start() + first, begin + line.start() + last


def _lines_with_a_word(text: str) -> Iterator[str]:
    """The lines that may give a secret a value, found without a look at each of the others."""
    lower = text.lower()
    if len(lower) != len(text):  # a few letters become two
        yield from text.splitlines()
        return
    for word in _WORDS:
        offset = lower.find(word)
        while offset >= 0:
            end = text.find("\n", offset)
            end = len(text) if end < 0 else end
            yield text[text.rfind("\n", 0, offset) + 1 : end]
            offset = lower.find(word, end)


def written_secrets(line: str) -> Iterator[tuple[int, int]]:
    """Where a line of text that speaks of Salesforce gives a password or a token a working value."""
    lower = line.lower()
    if not any(word in lower for word in _WORDS) or not _OURS.search(line):
        return
    for match in _WRITTEN.finditer(line):
        if looks_secret(match["value"]):
            yield match.span("value")
