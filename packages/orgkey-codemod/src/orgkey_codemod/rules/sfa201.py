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
            'import os\n\nfrom langchain_salesforce import SalesforceTool\n\ntool = SalesforceTool(username=os.environ["SF_USER"], password=os.environ["SF_PASS"], security_token="")\n',
            'import os\n\nfrom orgkey_langchain import SalesforceTool\n\ntool = SalesforceTool(username=os.environ["SF_USER"])\n',
        ),
    ),
)
