"""SFA102: a login with its secret in the code."""

from __future__ import annotations

from orgkey_codemod.model import Example, Rule
from orgkey_codemod.rules.logins import examine_logins

__all__ = ["RULE"]

RULE = Rule(
    code="SFA102",
    title='Salesforce(password="...") with a literal',
    explanation=(
        "As SFA101, for review: whoever has the code has the password, so taking it out is not enough. Change "
        "the password, reset the security token, and remember that the history of the repository keeps both."
    ),
    examine=examine_logins("SFA102"),
    examples=(
        Example(
            "from simple_salesforce import Salesforce\n"
            "\n"
            'sf = Salesforce(username="agent@acme.example", password="Orchid-ferry-3", security_token="")\n',
        ),
    ),
)
