from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simple_salesforce import Salesforce


def accounts(sf: Salesforce) -> list[str]:
    return [row["Id"] for row in sf.query("SELECT Id FROM Account")["records"]]
