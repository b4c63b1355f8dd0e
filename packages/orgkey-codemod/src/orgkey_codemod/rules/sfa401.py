"""SFA401: other clients that log in with a password."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from orgkey_codemod.model import Example, Finding, Level, Rule
from orgkey_codemod.python.reading.project import project_of
from orgkey_codemod.rules.logins import examine_logins

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_codemod.model import Tree

__all__ = ["RULE"]

_BEATBOX: Final = frozenset({"PythonClient", "Client", "XMLClient"})
_logins: Final = examine_logins("SFA401")


def _examine(tree: Tree) -> Iterator[Finding]:
    yield from _logins(tree)
    project = project_of(tree)
    for module, call in project.calls():
        if module.path in tree.readonly or not isinstance(call.func, ast.Attribute) or call.func.attr != "login":
            continue
        for value in project.values_of(module, call.func.value):
            symbol = project.resolve(module, value.func) if isinstance(value, ast.Call) else None
            if symbol is not None and symbol.name.split(".")[0] == "beatbox" and symbol.name.split(".")[-1] in _BEATBOX:
                message = (
                    "beatbox logs in by SOAP, which ends: use orgkey_simple_salesforce, or set sessionId and serverUrl "
                    "of an orgkey session"
                )
                yield Finding("SFA401", Level.REPORT, module.path, module.place(call), message)


RULE = Rule(
    code="SFA401",
    title="SalesforceBulk, aiosalesforce's SoapLogin, beatbox, salesforce-api",
    explanation=(
        "These have no login of this project's. SalesforceBulk takes sessionId= and host= of an orgkey session; "
        "aiosalesforce has JwtBearerFlow and ClientCredentialsFlow of its own; beatbox and salesforce-api give way "
        "to orgkey_simple_salesforce."
    ),
    examine=_examine,
    examples=(
        Example(
            "from salesforce_bulk import SalesforceBulk\n\n\ndef bulk(settings):\n"
            "    return SalesforceBulk(username=settings.user, password=settings.password)\n"
        ),
    ),
)
