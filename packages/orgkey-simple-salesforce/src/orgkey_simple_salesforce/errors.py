"""What the drop-in raises and warns of: simple-salesforce's own exceptions, with the diagnosis of the core."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceError,
    SalesforceExpiredSession,
    SalesforceGeneralError,
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceRefusedRequest,
    SalesforceResourceNotFound,
)

import orgkey

if TYPE_CHECKING:
    from collections.abc import Sequence

    from requests import Response

__all__ = [
    "ActsAsWarning",
    "BulkSessionRejected",
    "IdentitySessionRejected",
    "LoginFailed",
    "LoginNotConfigured",
    "MetadataSessionRejected",
    "PasswordLoginRemoved",
    "SessionRejected",
    "exception_for",
]


class ActsAsWarning(orgkey.OrgkeyWarning):
    """Another user acts than the one whose name the program gave: Client Credentials acts as the app's Run-As user."""


class LoginFailed(SalesforceAuthenticationFailed):
    """A login or renewal failed: what ``except SalesforceAuthenticationFailed`` catches.

    Attributes
    ----------
    code:
        OAuth's ``error``, such as ``invalid_grant``; the cause's id where no answer came.
    message:
        OAuth's ``error_description``; the cause's title where there is none.
    diagnosis:
        The likely cause with its remedy.

    """

    def __init__(self, code: str, message: str, diagnosis: orgkey.Diagnosis, text: str = "") -> None:
        super().__init__(code, message)
        self.message = message  # later versions of simple-salesforce keep a format string here
        self.diagnosis = diagnosis
        self._text = text or str(diagnosis)

    @classmethod
    def because_of(cls, error: orgkey.TokenRequestError) -> LoginFailed:
        """The failure that the core met, as one of simple-salesforce's."""
        cause = error.diagnosis.cause
        return cls(error.error or cause.id, error.error_description or cause.title, error.diagnosis, str(error))

    def __str__(self) -> str:
        return f"{self.code}: {self._text}"

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.code, self.message, self.diagnosis, self._text)


class LoginNotConfigured(SalesforceAuthenticationFailed, orgkey.ConfigError, TypeError):
    """The arguments and settings add up to no login. Nothing was sent. ``problems`` lists all that is wrong.

    simple-salesforce raises TypeError, ValueError or SalesforceAuthenticationFailed for what this one stands for; it is
    all three.
    """

    cause_id = "NOT_CONFIGURED"

    def __init__(self, problems: Sequence[str] | str) -> None:
        SalesforceAuthenticationFailed.__init__(self, self.cause_id, "")
        orgkey.ConfigError.__init__(self, problems)
        self.message = self.auth_message = str(self)
        self.diagnosis = orgkey.diagnose(orgkey.Evidence(surface="local", error=self.cause_id, facts=self.problems))

    def __str__(self) -> str:
        return orgkey.ConfigError.__str__(self)

    def __reduce__(self) -> tuple[type[LoginNotConfigured], tuple[tuple[str, ...]]]:
        return type(self), (self.problems,)


class PasswordLoginRemoved(LoginNotConfigured):
    """A password was all there was to log in with. It was not sent; the message says what to set in its place."""

    cause_id = "PASSWORD_FLOW_BLOCKED"


class SessionRejected(SalesforceExpiredSession):
    """Salesforce rejected the session, and a renewal did not help or could not be tried again.

    ``diagnosis`` says why. All else is as in simple-salesforce.
    """

    def __init__(
        self,
        url: str,
        status: int,
        resource_name: str,
        content: Any,
        diagnosis: orgkey.Diagnosis,
    ) -> None:
        super().__init__(url, status, resource_name, content)
        self.diagnosis = diagnosis

    @staticmethod
    def by(response: Response, diagnosis: orgkey.Diagnosis) -> SessionRejected:
        """The exception for an answer that rejected the session."""
        kind = _AS_UPSTREAM.get(response.status_code, SessionRejected)
        return kind(response.url, response.status_code, _resource(response.url), _content(response), diagnosis)

    def __str__(self) -> str:
        return f"{SalesforceExpiredSession.message.format(url=self.url, content=self.content)}\n{self.diagnosis}"

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.url, self.status, self.resource_name, self.content, self.diagnosis)


class BulkSessionRejected(SessionRejected, SalesforceMalformedRequest):
    """As Bulk 1 tells it, with status 400."""


class IdentitySessionRejected(SessionRejected, SalesforceRefusedRequest):
    """As userinfo tells it, with status 403."""


class MetadataSessionRejected(SessionRejected, SalesforceGeneralError):
    """As SOAP tells it, with status 500."""


# What simple-salesforce raises for these statuses, so that a clause which caught it there catches it here.
_AS_UPSTREAM: Final[dict[int, type[SessionRejected]]] = {
    400: BulkSessionRejected,
    403: IdentitySessionRejected,
    500: MetadataSessionRejected,
}


def exception_for(url: str, status: int, content: Any, diagnosis: orgkey.Diagnosis | None = None) -> SalesforceError:
    """What simple-salesforce raises for an answer that another HTTP client got.

    ``content`` is the body as JSON, or as text where it is none; ``diagnosis`` says why the session was rejected, where
    that is what the answer means.
    """
    if diagnosis is not None:
        return _AS_UPSTREAM.get(status, SessionRejected)(url, status, _resource(url), content, diagnosis)
    return _OF_STATUS.get(status, SalesforceGeneralError)(url, status, _resource(url), content)


# As simple-salesforce's exception_handler has them.
_OF_STATUS: Final[dict[int, type[SalesforceError]]] = {
    300: SalesforceMoreThanOneRecord,
    400: SalesforceMalformedRequest,
    401: SalesforceExpiredSession,
    403: SalesforceRefusedRequest,
    404: SalesforceResourceNotFound,
}


def _resource(url: str) -> str:
    return url.partition("?")[0].rstrip("/").rpartition("/")[2]


def _content(response: Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return response.text
