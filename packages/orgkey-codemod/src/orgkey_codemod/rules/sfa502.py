"""SFA502: parameters and flags that only fed the arguments that go."""

from __future__ import annotations

from orgkey_codemod.model import Example, Rule
from orgkey_codemod.rules.plumbing import examine_dead

__all__ = ["RULE"]

RULE = Rule(
    code="SFA502",
    title="a parameter or a command line flag that has no use any more",
    explanation=(
        "The function still asks for a secret that it no longer passes on. Take the parameter out, and out of its "
        "callers; they may be outside this repository, so nothing is rewritten."
    ),
    examine=examine_dead("SFA502"),
    examples=(
        Example(
            "from simple_salesforce import Salesforce\n\n\ndef connect(username, password):\n"
            '    return Salesforce(username=username, password=password, security_token="")\n',
            "from orgkey_simple_salesforce import Salesforce\n\n\ndef connect(username, password):\n"
            "    return Salesforce(username=username)\n",
        ),
    ),
)
