"""An independent look at rewritten Python code: does a password still travel to a Salesforce login?

It shares no code with the rules. It is coarser than they are: it knows the libraries' names, follows imports of one
file, and looks at the text of the arguments.
"""

from __future__ import annotations

import ast
import json
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["arguments", "passwords"]

LIBRARIES: Final = (
    "simple_salesforce",
    "orgkey_simple_salesforce",
    "langchain_salesforce",
    "orgkey_langchain",
    "llama_index.tools.salesforce",
    "llama_hub.tools.salesforce",
    "orgkey_llama_index",
)
CALLED: Final = {"Salesforce", "SalesforceLogin", "SalesforceTool", "SalesforceToolSpec"}
SECRETS: Final = {"password", "security_token", "organizationId"}


def sources(path: str, content: bytes) -> Iterator[str | bytes]:
    """The Python code of a file: all of it, or each cell of a notebook."""
    if path.endswith(".ipynb"):
        for cell in json.loads(content)["cells"]:
            if cell["cell_type"] == "code":
                lines = "".join(cell["source"]).split("\n")
                yield "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in lines)
    elif path.endswith(".py"):
        yield content


def calls(source: str | bytes) -> Iterator[ast.Call]:
    """The calls of a Salesforce library, by the names that its imports give."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return
    names, modules = set(CALLED), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            names |= {alias.asname for alias in node.names if alias.name in CALLED and alias.asname}
        elif isinstance(node, ast.Import):
            modules |= {alias.asname for alias in node.names if alias.name.startswith(LIBRARIES) and alias.asname}
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and node.value.id in names:
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in names or (called.split(".")[-1] in CALLED and "." in called):
                yield node


def passwords(path: str, content: bytes) -> list[tuple[int, str]]:
    """The line and the name of every secret argument that a login is still given by name, None aside."""
    return [
        (word.value.lineno, word.arg)
        for source in sources(path, content)
        for call in calls(source)
        for word in call.keywords
        if word.arg in SECRETS and not (isinstance(word.value, ast.Constant) and word.value.value is None)
    ]


def arguments(path: str, content: bytes) -> list[list[str]]:
    """For every login, the arguments by name that are no secrets and no user name, as they are written."""
    return [
        sorted(
            f"{word.arg}={ast.unparse(word.value)}"
            for word in call.keywords
            if word.arg is not None and word.arg not in SECRETS | {"username"}
        )
        for source in sources(path, content)
        for call in calls(source)
    ]
