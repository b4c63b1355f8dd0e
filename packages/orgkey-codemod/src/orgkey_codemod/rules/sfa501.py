"""SFA501: names that only fed the arguments that go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orgkey_codemod.model import Example, Rule
from orgkey_codemod.rules.along import examine_along
from orgkey_codemod.rules.idle import examine_idle
from orgkey_codemod.rules.plumbing import examine_dead

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_codemod.model import Finding, Tree

__all__ = ["RULE"]


def _examine(tree: Tree) -> Iterator[Finding]:
    yield from examine_dead("SFA501")(tree)
    yield from examine_along(tree)
    yield from examine_idle(tree)


RULE = Rule(
    code="SFA501",
    title="a local, constant, attribute or setting that only fed a removed argument",
    explanation=(
        "A name with one plain assignment goes with it, unless it is exported, used elsewhere, or its value comes "
        "from a call that may do more. Attributes, fields and settings of another module are for review: anything "
        "may read them, and so is what feeds nothing but a login or a check under review: it goes with that."
    ),
    examine=_examine,
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
