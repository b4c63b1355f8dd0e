"""SFA501: names that only fed the arguments that go."""

from __future__ import annotations

from orgkey_codemod.model import Example, Rule
from orgkey_codemod.rules.plumbing import examine_dead

__all__ = ["RULE"]

RULE = Rule(
    code="SFA501",
    title="a local, constant, attribute or setting that only fed a removed argument",
    explanation=(
        "A name with one plain assignment goes with it, unless it is exported, used elsewhere, or its value comes "
        "from a call that may do more. Attributes, fields and settings of another module are for review: anything "
        "may read them."
    ),
    examine=examine_dead("SFA501"),
    examples=(
        Example(
            "import os\n\nfrom simple_salesforce import Salesforce\n\n"
            'password = os.environ["SF_PASS"]\n'
            'sf = Salesforce(username=os.environ["SF_USER"], password=password, security_token="")\n',
            "import os\n\nfrom orgkey_simple_salesforce import Salesforce\n\n"
            'sf = Salesforce(username=os.environ["SF_USER"])\n',
        ),
    ),
)
