"""SFA403: Airflow's hooks and connections to Salesforce, in Python code."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from orgkey_codemod.model import Example, Finding, Level, Rule
from orgkey_codemod.python.reading.project import project_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_codemod.model import Tree

__all__ = ["RULE"]

_PROVIDER: Final = "airflow.providers.salesforce."
_RECIPE: Final = (
    'create the connection anew, with {"consumer_key": ..., "private_key_file_path": ...} as its extra and no password'
)


def _examine(tree: Tree) -> Iterator[Finding]:
    project = project_of(tree)
    for module, call in project.calls():
        symbol = project.resolve(module, call.func)
        if symbol is None or module.path in tree.readonly:
            continue
        words = {word.arg: word.value for word in call.keywords}
        if (
            symbol.name.startswith(_PROVIDER)
            and symbol.name.endswith(("Hook", "Operator"))
            and "session_id" not in words
        ):
            message = f"uses an Airflow connection, which may hold a password: {_RECIPE}"
            yield Finding("SFA403", Level.REPORT, module.path, module.place(call), message)
        kind = words.get("conn_type")
        ours = isinstance(kind, ast.Constant) and kind.value == "salesforce"
        if symbol.name.endswith(".Connection") and ours and "password" in words:
            message = f"makes an Airflow connection with a password: {_RECIPE}"
            yield Finding("SFA403", Level.REPORT, module.path, module.place(call), message)


RULE = Rule(
    code="SFA403",
    title="Airflow's Salesforce hooks, operators and connections",
    explanation=("The password of a hook is in its connection, which is not in the code."),
    examine=_examine,
    examples=(
        Example(
            "from airflow.providers.salesforce.hooks.salesforce import SalesforceHook\n\n"
            'hook = SalesforceHook(salesforce_conn_id="salesforce_default")\n'
        ),
    ),
)
