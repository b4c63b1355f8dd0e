"""Logins in Python files that Python 3 cannot read: found as text, reported under the rules that they suggest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from orgkey_codemod.model import Finding, Level, Place, Reason, Rule
from orgkey_codemod.python.reading.project import project_of
from orgkey_codemod.python.reading.values import looks_secret

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import PurePosixPath

    from orgkey_codemod.model import Tree

__all__ = ["RULE"]

_CALL: Final = re.compile(
    r"(?<![\w.])(?:\w+\.)*(?P<name>SalesforceLogin|SalesforceBulk|SalesforceToolSpec|SalesforceTool|Salesforce|SoapLogin)\s*\("
)
_CODES: Final = {
    "Salesforce": "SFA101",
    "SalesforceLogin": "SFA107",
    "SalesforceTool": "SFA201",
    "SalesforceToolSpec": "SFA202",
    "SalesforceBulk": "SFA401",
    "SoapLogin": "SFA401",
}
_PASSWORD: Final = re.compile(r"\bpassword\s*=\s*(?:u?r?(?P<quote>[\"'])(?P<value>.*?)(?P=quote))?", re.IGNORECASE)
_IMPORTED: Final = re.compile(
    r"simple_salesforce|langchain_salesforce|llama_index\.tools|salesforce_bulk|aiosalesforce"
)
_LONGEST: Final = 2000
_BY_HAND: Final = (
    "logs in with a password, in a file that Python 3 cannot read: bring the file to Python 3, then run again"
)
_STANDS_HERE: Final = "a secret stands here: revoke it (change the password, reset the token); the history keeps it"


def _examine(tree: Tree) -> Iterator[Finding]:
    project_of(tree)
    for path in {failure.path for failure in tree.failures if failure.path.suffix in {".py", ".pyw"}}:
        if path in tree.files and path not in tree.readonly:
            yield from _in_text(path, tree.files[path].decode("utf-8", "replace"))


def _in_text(path: PurePosixPath, text: str) -> Iterator[Finding]:
    if not _IMPORTED.search(text):
        return
    for call in _CALL.finditer(text):
        line = text.count("\n", 0, call.start()) + 1
        row = text[text.rfind("\n", 0, call.start()) + 1 : call.start()]
        if row.lstrip().startswith("#") or re.match(r"\s*(class|def)\b", row):
            continue
        inside = text[call.end() : _closing(text, call.end())]
        password = _PASSWORD.search(inside)
        if password is None:
            continue
        literal = password["value"] is not None and looks_secret(password["value"])
        code = "SFA102" if literal and call["name"] == "Salesforce" else _CODES[call["name"]]
        place = Place(line, len(row) + 1, line + inside.count("\n"), 0)
        yield Finding(code, Level.REPORT, path, place, _BY_HAND, Reason.PY2_OR_SYNTAX)
        if literal:
            yield Finding("SFA901", Level.REPORT, path, place, _STANDS_HERE)


def _closing(text: str, index: int) -> int:
    depth = 1
    for position in range(index, min(len(text), index + _LONGEST)):
        depth += {"(": 1, ")": -1}.get(text[position], 0)
        if not depth:
            return position
    return min(len(text), index + _LONGEST)


RULE = Rule(
    code="SFA101",
    title="a login in a file that Python 3 cannot read",
    explanation="Such files are never edited. The login is reported under the rule that its text suggests.",
    examine=_examine,
)
