"""SFA103: a login with its arguments by position."""

from __future__ import annotations

from orgkey_codemod.model import Example, Rule
from orgkey_codemod.rules.logins import examine_logins

__all__ = ["RULE"]

RULE = Rule(
    code="SFA103",
    title="Salesforce(user, password, token)",
    explanation=(
        "As SFA101. What stays keeps its position; with more than three arguments by position those behind "
        "the secrets get their names, which is for review."
    ),
    examine=examine_logins("SFA103"),
    examples=(
        Example(
            "import os\n"
            "\n"
            "from simple_salesforce import Salesforce\n"
            "\n"
            'sf = Salesforce(os.environ["SF_U"], os.environ["SF_P"], os.environ["SF_TOKEN"])\n',
            'import os\n\nfrom orgkey_simple_salesforce import Salesforce\n\nsf = Salesforce(os.environ["SF_U"])\n',
        ),
    ),
)
