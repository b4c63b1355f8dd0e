"""SalesforceToolkit: the tools of one session, read-only unless writes are allowed by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

from langchain_core.tools import BaseTool, BaseToolkit
from pydantic import PrivateAttr

import orgkey_records
from orgkey_langchain.tools import TOOLS

if TYPE_CHECKING:
    from collections.abc import Iterable

    import orgkey

__all__ = ["SalesforceToolkit"]

_CAPS: Final = orgkey_records.Caps(all_rows=2_000)  # a model has to read them


class SalesforceToolkit(BaseToolkit):
    """The tools of one session: ``SalesforceToolkit().get_tools()``.

    Parameters
    ----------
    session:
        Whose records; :func:`orgkey.connect` without it.
    allow:
        The writes to have tools for: of ``create``, ``update``, ``upsert``, ``delete``. None are by default.
    objects:
        The objects that are permitted; all by default. It holds inside SOQL too.
    caps:
        How much one call may bring back, and how long it may take; ``salesforce_query_all`` brings 2,000 rows at most
        without it.
    records:
        Records of your own in place of all the above.

    """

    _records: orgkey_records.Records = PrivateAttr()

    def __init__(
        self,
        session: orgkey.OrgSession | None = None,
        *,
        allow: Iterable[str] = (),
        objects: Iterable[str] | None = None,
        caps: orgkey_records.Caps | None = None,
        records: orgkey_records.Records | None = None,
    ) -> None:
        super().__init__()
        if records is None:
            records = orgkey_records.Records(session, allow=allow, objects=objects, caps=caps or _CAPS)
        self._records = records

    def get_tools(self) -> list[BaseTool]:
        """The tools: all that read, and the writes that are allowed."""
        allowed = self._records.allow
        return [kind(self._records) for kind in TOOLS if not kind.writes() or kind.operation in allowed]

    def as_user(self, username: str) -> Self:
        """The same tools as another person of the org, with what that person may see and do (JWT Bearer)."""
        return type(self)(records=self._records.as_user(username))
