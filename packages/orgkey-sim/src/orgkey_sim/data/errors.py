"""What the data API refuses with: a status, an errorCode and the sentence Salesforce words it in.

Codes: "Status Codes and Error Responses" and "API Fault Element" in the REST and SOAP API developer guides.
"""

from __future__ import annotations

from typing import Final

__all__ = ["ApiError", "at_position"]

_CONTEXT: Final = 40


class ApiError(Exception):
    """A refusal that the client is to see.

    ``status`` is the HTTP status, ``error_code`` Salesforce's upper-case code, ``message`` its sentence and
    ``fields`` the field names it is about.
    """

    def __init__(self, status: int, error_code: str, message: str, fields: tuple[str, ...] | None = None) -> None:
        super().__init__(f"{error_code}: {message}")
        self.status = status
        self.error_code = error_code
        self.message = message
        self.fields = fields

    def as_json(self) -> dict[str, object]:
        """The error as REST shows it. Only failures of a write carry ``fields``."""
        body: dict[str, object] = {"message": self.message, "errorCode": self.error_code}
        return body if self.fields is None else body | {"fields": list(self.fields)}

    def as_save_error(self) -> dict[str, object]:
        """The error inside the result of one record of many."""
        return {"statusCode": self.error_code, "message": self.message, "fields": list(self.fields or ())}


def at_position(text: str, position: int, sentence: str) -> str:
    """Point at ``position`` in a query, in the layout Salesforce uses: excerpt, caret, row and column, sentence."""
    before = text[:position]
    line_start = before.rfind("\n") + 1
    row, column = before.count("\n") + 1, position - line_start + 1
    line = text[line_start:].split("\n", 1)[0]
    start = max(0, column - 1 - _CONTEXT)
    excerpt = line[start : column - 1 + _CONTEXT]
    caret = " " * (column - 1 - start) + "^"
    return f"\n{excerpt}\n{caret}\nERROR at Row:{row}:Column:{column}\n{sentence}"
