"""What operations raise: errors that a model can act on, and the one that it must never see as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orgkey

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "AccessFailed",
    "CapExceeded",
    "InvalidInput",
    "LimitReached",
    "NotAllowed",
    "RecordsError",
    "Refused",
    "Unreachable",
]


class RecordsError(orgkey.OrgkeyError):
    """Base of what an operation fails with. Its text says what is wrong and what would do; it holds no secret."""


class InvalidInput(RecordsError, ValueError):
    """The input cannot be used. Nothing was sent."""


class NotAllowed(RecordsError):
    """The operation or the object is outside what was permitted. Nothing was sent."""


class CapExceeded(RecordsError):
    """The answer is larger, or takes longer, than :class:`~orgkey_records.Caps` permits."""


class Unreachable(RecordsError):
    """Salesforce gave no answer, or was not able to.

    Attributes
    ----------
    carried_out:
        False where the call was certainly not carried out; None where nobody can tell.

    """

    def __init__(self, message: str, *, carried_out: bool | None) -> None:
        super().__init__(message)
        self.carried_out = carried_out

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild_unreachable, (type(self), self.args[0], self.carried_out)


def _rebuild_unreachable(kind: type[Unreachable], message: str, carried_out: bool | None) -> Unreachable:
    return kind(message, carried_out=carried_out)


class Refused(RecordsError):
    """Salesforce refused the call.

    Attributes
    ----------
    code:
        Salesforce's ``errorCode``, such as ``INVALID_FIELD``; empty where there was none.
    fields:
        The fields it is about, where Salesforce names them.
    status:
        HTTP status.
    url:
        Where the call went.
    content:
        The body as JSON where it is JSON, else as text.

    """

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        fields: Sequence[str] = (),
        status: int = 0,
        url: str = "",
        content: Any = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.fields = tuple(fields)
        self.status = status
        self.url = url
        self.content = content

    def saying(self, message: str, *, fields: Sequence[str] = ()) -> Refused:
        """The same refusal in other words."""
        return type(self)(
            message,
            code=self.code,
            fields=fields or self.fields,
            status=self.status,
            url=self.url,
            content=self.content,
        )

    def __reduce__(self) -> tuple[object, ...]:
        facts = ("code", "fields", "status", "url", "content")
        return _rebuild_refused, (type(self), self.args[0], {name: getattr(self, name) for name in facts})


def _rebuild_refused(kind: type[Refused], message: str, facts: dict[str, Any]) -> Refused:
    return kind(message, **facts)


class LimitReached(Refused):
    """A limit of the org is used up. Nothing is wrong with the call itself."""


class AccessFailed(orgkey.OrgkeyError):
    """The session was rejected although it was renewed, or the API is closed to it.

    No other input helps: this is for whoever runs the agent, and is no :class:`RecordsError`. ``diagnosis`` has cause
    and remedy. Where no token can be had at all, :class:`orgkey.TokenRequestError` is raised as it is.
    """

    def __init__(self, diagnosis: orgkey.Diagnosis, status: int = 0, url: str = "", content: Any = None) -> None:
        super().__init__(str(diagnosis))
        self.diagnosis = diagnosis
        self.status = status
        self.url = url
        self.content = content

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.diagnosis, self.status, self.url, self.content)
