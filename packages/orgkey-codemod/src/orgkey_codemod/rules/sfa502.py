"""SFA502: parameters and flags that only fed the arguments that go."""

from __future__ import annotations

from orgkey_codemod.model import Example, Rule
from orgkey_codemod.rules.plumbing import examine_dead

__all__ = ["RULE"]

RULE = Rule(
    code="SFA502",
    title="a parameter or a command line flag that has no use any more",
    explanation=(
        "The function or the command line still asks for a secret that it no longer passes on. Callers may be outside "
        "this repository, so it is for review: with --unsafe a parameter goes with its arguments in every call of the "
        "tree, an option of click with its parameter, and a flag of argparse or optparse with its line. Where a use "
        "cannot be followed, it stays."
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
