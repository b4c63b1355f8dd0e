"""SFA302: a password grant that cannot be rewritten in place: its URL is out of sight, or it is text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orgkey_codemod.model import Example, Finding, Level, Rule
from orgkey_codemod.python.logins.grants import grants
from orgkey_codemod.python.reading.project import project_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_codemod.model import Tree

__all__ = ["RULE"]


def _examine(tree: Tree) -> Iterator[Finding]:
    for grant in grants(project_of(tree)):
        if not grant.to_salesforce and grant.module.path not in tree.readonly:
            message = "asks for a token by password: get one by orgkey.connect(), and send nothing else from here"
            yield Finding("SFA302", Level.REPORT, grant.module.path, grant.module.place(grant.node), message)


RULE = Rule(
    code="SFA302",
    title="a password grant as text, by an OAuth library, or with its URL out of sight",
    explanation=(
        "Nothing is rewritten: the request is a string, a command line, SOAP, or goes to a URL that is not in "
        "sight. Let orgkey get the token by key, and use it where the answer of this request was used."
    ),
    examine=_examine,
    examples=(
        Example(
            "import requests\n\n\ndef salesforce_token(url, user, password):\n"
            '    body = "grant_type=password&username=%s&password=%s" % (user, password)\n'
            "    return requests.post(url, data=body, timeout=30).json()\n"
        ),
    ),
)
