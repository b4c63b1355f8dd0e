"""SFA402: a database of django-salesforce that logs in with a password."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

from orgkey_codemod.model import Example, Finding, Level, Reason, Rule
from orgkey_codemod.python.editing.arguments import Pieces
from orgkey_codemod.python.reading.project import project_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_codemod.model import Edit, Tree
    from orgkey_codemod.python.reading.module import Module

__all__ = ["RULE"]

_AUTH: Final = "salesforce.auth.SalesforceClientCredentialsAuth"
_COMMON: Final = re.compile(r"//(login|test)\.salesforce\.com")


def _examine(tree: Tree) -> Iterator[Finding]:
    for module in project_of(tree).modules.values():
        if "salesforce.backend" not in module.source.text or module.path in tree.readonly:
            continue
        for node in module.every(ast.Dict):
            yield from _database(module, node)


def _database(module: Module, node: ast.Dict) -> Iterator[Finding]:
    pairs = zip(node.keys, node.values, strict=True)
    fields = {key.value: value for key, value in pairs if isinstance(key, ast.Constant)}
    engine = fields.get("ENGINE")
    if not isinstance(engine, ast.Constant) or engine.value != "salesforce.backend" or "PASSWORD" not in fields:
        return
    host = fields.get("HOST")
    place = module.place(node)
    if isinstance(host, ast.Constant) and _COMMON.search(str(host.value)):
        message = (
            "logs in with a password on login or test: set HOST to the org's My Domain, then AUTH to client credentials"
        )
        yield Finding("SFA402", Level.REVIEW, module.path, place, message, Reason.NO_MY_DOMAIN)
        return
    message = "logs in with a password: AUTH with client credentials takes the place of USER and PASSWORD"
    yield Finding("SFA402", Level.REVIEW, module.path, place, message, edits=_edits(module, node, list(fields)))


def _edits(module: Module, node: ast.Dict, names: list[object]) -> tuple[Edit, ...]:
    try:
        pieces = Pieces.of_dict(module, node)
    except SyntaxError:
        return ()
    if len(names) != len(pieces.all):
        return ()
    password = pieces.all[names.index("PASSWORD")]
    quote = module.source.text[password.start]
    auth = module.source.edit(password.start, password.end, f"{quote}AUTH{quote}: {quote}{_AUTH}{quote}")
    rest = [names.index("USER")] if "USER" in names else []
    return (auth, *pieces.without(rest).edits) if rest else (auth,)


RULE = Rule(
    code="SFA402",
    title="django-salesforce: DATABASES with PASSWORD",
    explanation=(
        "With --unsafe USER and PASSWORD go, and AUTH names django-salesforce's own client credentials, so the "
        "Run-As user of the app acts. HOST has to be the org's My Domain."
    ),
    examine=_examine,
    examples=(
        Example('DATABASES = {"salesforce": {"ENGINE": "salesforce.backend", "USER": "ann", "PASSWORD": "x"}}\n'),
    ),
)
