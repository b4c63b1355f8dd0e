"""SFA101: a login whose password comes from somewhere else, given by name."""

from __future__ import annotations

from orgkey_codemod.model import Example, Rule
from orgkey_codemod.rules.logins import examine_logins

__all__ = ["RULE"]

RULE = Rule(
    code="SFA101",
    title="Salesforce(username=..., password=...) with values from the environment, a name or a setting",
    explanation=(
        "The password, the security token and organizationId go, and the name is imported from "
        "orgkey_simple_salesforce. The user name stays, so the same user acts; it goes only where it is "
        "SALESFORCE_USERNAME of the environment. Set SALESFORCE_CLIENT_ID and SALESFORCE_PRIVATE_KEY_FILE "
        "where the program runs."
    ),
    examine=examine_logins("SFA101"),
    examples=(
        Example(
            "import os\n"
            "\n"
            "from simple_salesforce import Salesforce\n"
            "\n"
            'sf = Salesforce(username=os.environ["SF_U"], password=os.environ["SF_P"], domain="test")\n',
            "import os\n"
            "\n"
            "from orgkey_simple_salesforce import Salesforce\n"
            "\n"
            'sf = Salesforce(username=os.environ["SF_U"], domain="test")\n',
        ),
    ),
)
