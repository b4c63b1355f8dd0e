"""SFA106: a login from a trusted network, by organizationId."""

from __future__ import annotations

from orgkey_codemod.model import Example, Rule
from orgkey_codemod.rules.logins import examine_logins

__all__ = ["RULE"]

RULE = Rule(
    code="SFA106",
    title="Salesforce(password=, organizationId=)",
    explanation=(
        "The password and organizationId go, for review: a trusted network has no counterpart in a login by "
        "key. Let the External Client App relax its IP restrictions, or set them on the profile."
    ),
    examine=examine_logins("SFA106"),
    examples=(
        Example(
            "import os\n"
            "\n"
            "from simple_salesforce import Salesforce\n"
            "\n"
            'ORG = "00D000000000001"\n'
            'sf = Salesforce(username=os.environ["SF_U"], password=os.environ["SF_P"], organizationId=ORG)\n',
        ),
    ),
)
