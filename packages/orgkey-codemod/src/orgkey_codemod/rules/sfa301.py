"""SFA301: a password grant written by hand, as a form that goes to Salesforce's token endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orgkey_codemod.model import Example, Finding, Flow, Level, Reason, Rule
from orgkey_codemod.python.grants import grants
from orgkey_codemod.python.project import project_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_codemod.model import Edit, Tree
    from orgkey_codemod.python.grants import Grant

__all__ = ["RULE"]


def _examine(tree: Tree) -> Iterator[Finding]:
    for grant in grants(project_of(tree)):
        if grant.to_salesforce and grant.module.path not in tree.readonly:
            yield _finding(tree, grant)


def _finding(tree: Tree, grant: Grant) -> Finding:
    path, place = grant.module.path, grant.module.place(grant.node)
    if tree.options.flow is Flow.CLIENT_CREDENTIALS and not grant.has_my_domain:
        message = "asks login or test for a token by password: client credentials need the org's My Domain in the URL"
        return Finding("SFA301", Level.REPORT, path, place, message, Reason.NO_MY_DOMAIN)
    edits: tuple[Edit, ...] = ()
    try:
        edits = grant.as_client_credentials()
    except SyntaxError:
        edits = ()
    message = "asks for a token by password: orgkey.connect() gets one by key, or client credentials take its place"
    return Finding("SFA301", Level.REVIEW, path, place, message, edits=edits)


RULE = Rule(
    code="SFA301",
    title="a password grant by requests, httpx, aiohttp or urllib",
    explanation=(
        "External Client Apps have no password grant. With --unsafe a form that has the app's id and secret and "
        "goes to a My Domain becomes one of client credentials, and the Run-As user of the app acts. Everywhere "
        "else let orgkey get the token: orgkey.connect() has a transport for httpx, and a token for everything "
        "else."
    ),
    examine=_examine,
    examples=(
        Example(
            "import os\n\nimport requests\n\n"
            'form = {"grant_type": "password", "username": os.environ["SF_USER"], "password": os.environ["SF_PASS"]}\n'
            'requests.post("https://acme.my.salesforce.com/services/oauth2/token", data=form, timeout=30)\n'
        ),
    ),
)
