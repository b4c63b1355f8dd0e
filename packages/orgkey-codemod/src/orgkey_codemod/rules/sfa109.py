"""SFA109: a key or a session first, a password else."""

from __future__ import annotations

from orgkey_codemod.model import Example, Rule
from orgkey_codemod.rules.logins import examine_logins

__all__ = ["RULE"]

RULE = Rule(
    code="SFA109",
    title="two ways to log in side by side",
    explanation=(
        "Where a key, an app or a session comes first and the password is the fallback, the branch of the "
        "password has to go: a fallback hides that the migration does not work. With --unsafe it goes, and what "
        "chose between the two, where the branch does nothing but log in and the other one has a key or the secret "
        "of an app, logs in as the same user to the same domain or instance, and nothing but the credentials at hand "
        "(or a try) chooses. Everywhere else, as where the environment or the region chooses between two orgs, the "
        "choice stays, and the branch logs in without its password."
    ),
    examine=examine_logins("SFA109"),
    examples=(
        Example(
            "import os\n"
            "\n"
            "from simple_salesforce import Salesforce\n"
            "\n"
            'if "SF_KEY" in os.environ:\n'
            '    sf = Salesforce(username="agent@acme.example", consumer_key="agent", privatekey_file="a.pem")\n'
            "else:\n"
            '    sf = Salesforce(username="agent@acme.example", password=os.environ["SF_P"], security_token="")\n',
        ),
    ),
)
