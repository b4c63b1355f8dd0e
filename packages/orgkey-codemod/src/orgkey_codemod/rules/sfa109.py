"""SFA109: a key or a session first, a password else."""

from __future__ import annotations

from orgkey_codemod.model import Example, Rule
from orgkey_codemod.rules.logins import examine_logins

__all__ = ["RULE"]

RULE = Rule(
    code="SFA109",
    title="two ways to log in side by side",
    explanation=(
        "Where a key, an app or a session comes first and the password is the fallback, the branch of the password has to go: "
        "a fallback hides that the migration does not work. With --unsafe the fallback logs in without its password."
    ),
    examine=examine_logins("SFA109"),
    examples=(
        Example(
            'import os\n\nfrom simple_salesforce import Salesforce\n\nif "SF_KEY" in os.environ:\n    sf = Salesforce(username="agent@acme.example", consumer_key=os.environ["SF_KEY"], privatekey_file="key.pem")\nelse:\n    sf = Salesforce(username="agent@acme.example", password=os.environ["SF_PASS"], security_token="")\n'
        ),
    ),
)
