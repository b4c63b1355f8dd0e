"""SFA503: checks that a password is there, which would still ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orgkey_codemod.model import Example, Finding, Level, Rule
from orgkey_codemod.rules.checks import checks_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_codemod.model import Tree

__all__ = ["RULE"]

_MESSAGE: Final = "still asks for a password that nothing uses any more: leave its name out"


def _examine(tree: Tree) -> Iterator[Finding]:
    for check in checks_of(tree):
        module = check.module
        yield Finding("SFA503", Level.REVIEW, module.path, module.place(check.node), _MESSAGE, edits=check.edits)


RULE = Rule(
    code="SFA503",
    title="a check that the password's variable is set",
    explanation=(
        "The program gives up where a variable is missing that it no longer needs. With --unsafe the password and "
        "the token leave the check, and a check of nothing else goes. Ask for SALESFORCE_CLIENT_ID and "
        "SALESFORCE_PRIVATE_KEY_FILE instead: `orgkey doctor` does."
    ),
    examine=_examine,
    examples=(
        Example(
            "import os\n\nfrom simple_salesforce import Salesforce\n\n"
            'assert os.environ.get("SF_PASS"), "SF_PASS is missing"\n'
            'sf = Salesforce(username=os.environ["SF_USER"], password=os.environ["SF_PASS"], security_token="")\n',
            "import os\n\nfrom orgkey_simple_salesforce import Salesforce\n\n"
            'assert os.environ.get("SF_PASS"), "SF_PASS is missing"\n'
            'sf = Salesforce(username=os.environ["SF_USER"])\n',
        ),
    ),
)
