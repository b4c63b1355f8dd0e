"""SFA301: a password grant written by hand, as a form that goes to Salesforce's token endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orgkey_codemod.model import Example, Finding, Flow, Level, Reason, Rule
from orgkey_codemod.python.along.forms import outcomes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_codemod.model import Tree
    from orgkey_codemod.python.along.forms import Outcome

__all__ = ["RULE"]


_NEEDS_DOMAIN: Final = (
    "asks login or test for a token by password: client credentials need the org's My Domain in the URL"
)
_TYPED: Final = (
    "asks for a token by a password that a person types: let people log in by the authorization code grant instead"
)
_BY_KEY: Final = (
    "asks for a token by password: an assertion signed by key takes its place, which needs the package orgkey and "
    "SALESFORCE_PRIVATE_KEY_FILE"
)
_STAYS_COMMON: Final = (
    "; it still goes to login or test, where an External Client App is answered app_not_found: write the org's My "
    "Domain into its URL"
)
_BY_APP: Final = (
    "asks for a token by password: client credentials take its place, and the Run-As user of the app acts, who may be "
    "another one"
)
_TOO_EARLY: Final = (
    "asks for a token by password with a form that may be sent again later, when an assertion in it has expired: make "
    "the form in the call or just before it, then run this again, or use orgkey.connect().token() and .instance_url"
)
_BY_HAND: Final = (
    "asks for a token by password, in a way that is left to you: take the request out and use "
    "orgkey.connect().token() and .instance_url where its answer was used"
)


def _examine(tree: Tree) -> Iterator[Finding]:
    for outcome in outcomes(tree):
        yield _finding(tree, outcome)


def _finding(tree: Tree, outcome: Outcome) -> Finding:
    module, reason, edits = outcome.grant.module, outcome.reason, outcome.edits
    level, message = Level.REPORT, _BY_HAND
    if reason is Reason.NO_MY_DOMAIN:
        message = _NEEDS_DOMAIN
    elif reason is Reason.USER_SUPPLIED_CREDENTIAL:
        message = _TYPED
    elif reason is Reason.SIGNED_TOO_EARLY:
        message = _TOO_EARLY
    elif edits:
        level, message = Level.REVIEW, _BY_KEY if tree.options.flow is Flow.JWT else _BY_APP
        message += _STAYS_COMMON if outcome.grant.has_common_host else ""
    return Finding("SFA301", level, module.path, module.place(outcome.grant.node), message, reason, edits)


RULE = Rule(
    code="SFA301",
    title="a password grant by requests, httpx, aiohttp or urllib",
    explanation=(
        "External Client Apps have no password grant. With --unsafe the form becomes one of JWT Bearer: orgkey signs "
        "an assertion for the same user, and timeout, headers and what is made of the answer stay. With --flow "
        "client-credentials a form that has the app's id and secret and goes to a My Domain becomes one of client "
        "credentials, and the Run-As user of the app acts. The URL stays: an External Client App is answered at the "
        "org's My Domain, and neither at login nor at test. A form that is built up, sent twice or made before its "
        "URL is known is left to you: let orgkey get the token. So is one that is made once and may be sent for ever, "
        "as at the head of a module or before a loop, in partial() or a lambda: an assertion holds for minutes. "
        "orgkey.connect() has a transport for httpx, and a token for everything else."
    ),
    examine=_examine,
    examples=(
        Example(
            "import os\n\nimport requests\n\n"
            'form = {\n    "grant_type": "password",\n    "client_id": os.environ["SF_KEY"],\n'
            '    "username": os.environ["SF_USER"],\n    "password": os.environ["SF_PASS"],\n}\n'
            'requests.post("https://acme.my.salesforce.com/services/oauth2/token", data=form, timeout=30)\n'
        ),
    ),
)
