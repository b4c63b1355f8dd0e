"""SFA104: a login with its arguments out of a dict."""

from __future__ import annotations

from orgkey_codemod.model import Example, Rule
from orgkey_codemod.rules.logins import examine_logins

__all__ = ["RULE"]

RULE = Rule(
    code="SFA104",
    title="Salesforce(**options)",
    explanation=(
        "Where the dict can be seen, its secrets go, for review. Where it comes from a file or a call, take "
        "the password out of what it is made of, and import the class from orgkey_simple_salesforce."
    ),
    examine=examine_logins("SFA104"),
    examples=(
        Example(
            "import os\n"
            "\n"
            "from simple_salesforce import Salesforce\n"
            "\n"
            'login = {"username": os.environ["SF_U"], "password": os.environ["SF_P"], "security_token": ""}\n'
            "sf = Salesforce(**login)\n",
        ),
    ),
)
