"""SFA202: LlamaIndex's tool specification with a password."""

from __future__ import annotations

from orgkey_codemod.model import Example, Rule
from orgkey_codemod.rules.logins import examine_logins

__all__ = ["RULE"]

RULE = Rule(
    code="SFA202",
    title="SalesforceToolSpec(username=, password=, security_token=)",
    explanation=(
        "The specification comes from orgkey_llama_index, with the same name and the same functions; its "
        "secrets go as in SFA101, and with a consumer key and secret as in SFA105."
    ),
    examine=examine_logins("SFA202"),
    examples=(
        Example(
            "import os\n"
            "\n"
            "from llama_index.tools.salesforce import SalesforceToolSpec\n"
            "\n"
            'spec = SalesforceToolSpec(username=os.environ["SF_U"], password=os.environ["SF_P"], security_token="")\n',
            "import os\n"
            "\n"
            "from orgkey_llama_index import SalesforceToolSpec\n"
            "\n"
            'spec = SalesforceToolSpec(username=os.environ["SF_U"])\n',
        ),
    ),
)
