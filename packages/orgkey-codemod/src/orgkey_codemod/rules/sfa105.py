"""SFA105: the OAuth password grant by simple-salesforce's own arguments."""

from __future__ import annotations

from orgkey_codemod.model import Example, Rule
from orgkey_codemod.rules.logins import examine_logins

__all__ = ["RULE"]

RULE = Rule(
    code="SFA105",
    title="Salesforce(username=, password=, consumer_key=, consumer_secret=)",
    explanation=(
        "External Client Apps have no password grant. Client credentials take its place, for review, because "
        "the Run-As user of the app acts then. They need a My Domain: login and test have none, so there it "
        "is only reported."
    ),
    examine=examine_logins("SFA105"),
    examples=(
        Example(
            "import os\n"
            "\n"
            "from simple_salesforce import Salesforce\n"
            "\n"
            "sf = Salesforce(\n"
            '    username=os.environ["SF_U"],\n'
            '    password=os.environ["SF_P"],\n'
            '    consumer_key=os.environ["SF_KEY"],\n'
            '    consumer_secret=os.environ["SF_SECRET"],\n'
            '    domain="acme.my",\n'
            ")\n",
        ),
    ),
)
