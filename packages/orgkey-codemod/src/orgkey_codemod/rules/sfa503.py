"""SFA503: checks that a password is there, which would still ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orgkey_codemod.model import Example, Finding, Level, Reason, Rule
from orgkey_codemod.rules.checks import checks_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_codemod.model import Tree

__all__ = ["RULE"]

_MESSAGE: Final = "still asks for a password that nothing uses any more: leave its name out"
_BY_HAND: Final = (
    "still asks for a password that no login uses any more, and more than a check hangs on it: see what that is, then "
    "take the password out by hand"
)
_SPOKEN_OF: Final = f"{_MESSAGE}, and look at the comment that speaks of it"


def _examine(tree: Tree) -> Iterator[Finding]:
    for check in checks_of(tree):
        module, reason = check.module, check.reason
        level = Level.REVIEW if check.edits else Level.REPORT
        message = _MESSAGE if check.edits else _SPOKEN_OF if reason is Reason.COMMENT_LOSS else _BY_HAND
        yield Finding("SFA503", level, module.path, module.place(check.node), message, reason, check.edits)


RULE = Rule(
    code="SFA503",
    title="a check that the password's variable is set",
    explanation=(
        "The program gives up where a variable is missing that it no longer needs. With --unsafe the password and "
        "the token leave the check, and a check of nothing else goes: the program then gives up as it did with both of "
        "them set. A list of names loses them where it only tells what is missing. A check that is content with "
        "something else instead (a session), that asks for the password under a condition, or that does something in "
        "place of the login is left to you: without the password it would ask for more than before, or for less. Ask "
        "for SALESFORCE_CLIENT_ID and SALESFORCE_PRIVATE_KEY_FILE instead: `orgkey doctor` does."
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
