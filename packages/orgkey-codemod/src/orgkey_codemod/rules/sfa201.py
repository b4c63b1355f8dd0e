"""SFA201: LangChain's tool with a password."""

from __future__ import annotations

from orgkey_codemod.model import Example, Rule
from orgkey_codemod.rules.logins import examine_logins

__all__ = ["RULE"]

RULE = Rule(
    code="SFA201",
    title="SalesforceTool(username=, password=, security_token=)",
    explanation=(
        "The tool comes from orgkey_langchain, with the same name and the same answers; its secrets go as in SFA101."
    ),
    examine=examine_logins("SFA201"),
    examples=(
        Example(
            "import os\n"
            "\n"
            "from langchain_salesforce import SalesforceTool\n"
            "\n"
            'tool = SalesforceTool(username=os.environ["SF_U"], password=os.environ["SF_P"], security_token="")\n',
            "import os\n"
            "\n"
            "from orgkey_langchain import SalesforceTool\n"
            "\n"
            'tool = SalesforceTool(username=os.environ["SF_U"])\n',
        ),
    ),
)
