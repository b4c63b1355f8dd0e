"""SFA107: the login function alone."""

from __future__ import annotations

from orgkey_codemod.model import Example, Rule
from orgkey_codemod.rules.logins import examine_logins

__all__ = ["RULE"]

RULE = Rule(
    code="SFA107",
    title="SalesforceLogin(username=, password=)",
    explanation=(
        "The same pair of session id and host comes from orgkey_simple_salesforce.SalesforceLogin. Where the "
        "pair is not unpacked at once the rewrite is for review: such a session id does not renew itself."
    ),
    examine=examine_logins("SFA107"),
    examples=(
        Example(
            "import os\n"
            "\n"
            "from simple_salesforce import SalesforceLogin\n"
            "\n"
            'session_id, host = SalesforceLogin(username=os.environ["SF_U"], password=os.environ["SF_P"])\n',
            "import os\n"
            "\n"
            "from orgkey_simple_salesforce import SalesforceLogin\n"
            "\n"
            'session_id, host = SalesforceLogin(username=os.environ["SF_U"])\n',
        ),
    ),
)
