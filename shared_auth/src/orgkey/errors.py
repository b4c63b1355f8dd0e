"""The hierarchy of everything this package raises; every message has the cause, the place and the next step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orgkey.causes import Diagnosis

__all__ = [
    "ConfigError",
    "CoolingDown",
    "IdentityChanged",
    "MissingScope",
    "OrgChanged",
    "OrgkeyError",
    "OrgkeyWarning",
    "PasswordIgnoredWarning",
    "RefreshInProgress",
    "SettingsWarning",
    "TokenAnswerRefused",
    "TokenEndpointUnreachable",
    "TokenRequestError",
    "UntrustedHost",
    "UserChanged",
]


class OrgkeyError(Exception):
    """Base of all errors of this package."""


class ConfigError(OrgkeyError, ValueError):
    """The settings cannot work. ``problems`` lists all of them, each with the setting's name and the fix."""

    def __init__(self, problems: Sequence[str] | str) -> None:
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        if len(self.problems) == 1:
            text = self.problems[0]
        else:
            text = "\n".join([f"{len(self.problems)} settings need attention:", *(f"  - {p}" for p in self.problems)])
        super().__init__(text)

    def __reduce__(self) -> tuple[type[ConfigError], tuple[tuple[str, ...]]]:
        return type(self), (self.problems,)


class UntrustedHost(OrgkeyError, ValueError):
    """A URL is not one that a token may be sent to: not https, not one of Salesforce's domains, or malformed."""


class TokenRequestError(OrgkeyError):
    """No access token could be had.

    Attributes
    ----------
    diagnosis:
        The likely cause with its remedy.
    error, error_description:
        OAuth's two fields (RFC 6749 section 5.2) as Salesforce sent them, redacted; empty where there was no answer.
    status:
        HTTP status of the answer, 0 where there was none.
    retry_after:
        Seconds until another attempt is made at all; 0.0 where nothing holds one back.

    """

    def __init__(
        self,
        diagnosis: Diagnosis,
        *,
        error: str = "",
        error_description: str = "",
        status: int = 0,
        retry_after: float = 0.0,
    ) -> None:
        self.diagnosis = diagnosis
        self.error = error
        self.error_description = error_description
        self.status = status
        self.retry_after = retry_after
        super().__init__(str(diagnosis))

    @property
    def permanent(self) -> bool:
        """True where no retry helps until somebody acts."""
        return self.diagnosis.permanent

    def __str__(self) -> str:
        text = str(self.diagnosis)
        if self.retry_after > 0:
            text += f"\n  No further token request is made for {self.retry_after:.0f} s; session.reset() ends the wait."
        return text

    def again(self, retry_after: float) -> TokenRequestError:
        """A fresh copy for another caller: one exception object raised in many threads would mix their tracebacks."""
        copy = type(self)(self.diagnosis, **self._facts() | {"retry_after": retry_after})
        copy.__cause__ = self.__cause__
        return copy

    def _facts(self) -> dict[str, Any]:
        """What a copy is made with, beside the diagnosis: all that the constructor takes."""
        return {name: getattr(self, name) for name in ("error", "error_description", "status", "retry_after")}

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.diagnosis, self._facts())


def _rebuild(kind: type[TokenRequestError], diagnosis: Diagnosis, facts: dict[str, Any]) -> TokenRequestError:
    return kind(diagnosis, **facts)


class TokenEndpointUnreachable(TokenRequestError):
    """The token endpoint gave no answer: DNS, connection, TLS, proxy or time limit.

    ``sent`` is False where the request provably did not leave: no connection to the endpoint came about. Of a session's
    attempts it tells of the last one, and so it does during the cool-down that follows.
    """

    def __init__(self, diagnosis: Diagnosis, *, sent: bool = True, **facts: Any) -> None:
        super().__init__(diagnosis, **facts)
        self.sent = sent

    def _facts(self) -> dict[str, Any]:
        return super()._facts() | {"sent": self.sent}


class TokenAnswerRefused(TokenRequestError):
    """The token endpoint answered with something that cannot be used: no JSON, too large, a redirect, a hostile URL."""


class MissingScope(TokenRequestError):
    """A token was granted without a scope in ``required_scopes``."""


class IdentityChanged(TokenRequestError):
    """A renewal answered for someone else than the first login did."""


class OrgChanged(IdentityChanged):
    """Another org answered, as after a sandbox refresh. Accepted only by ``accept_new_org=True``."""


class UserChanged(IdentityChanged):
    """Another user answered, as after a changed Run-As user. Accepted only by ``accept_new_user=True``."""


class CoolingDown(TokenRequestError):
    """Fresh tokens are rejected before any call succeeds with one, so no further one is requested for a while."""


class RefreshInProgress(TokenRequestError):
    """A renewal takes longer than this caller waits. It goes on; ``retry_after`` says when to ask again."""

    def __str__(self) -> str:
        return f"{self.diagnosis}\n  Ask again in {self.retry_after:.0f} s."


class OrgkeyWarning(UserWarning):
    """Base of all warnings of this package."""


class SettingsWarning(OrgkeyWarning):
    """A setting is unused or overruled by another one."""


class PasswordIgnoredWarning(SettingsWarning):
    """A password was given and is not sent: other credentials are configured."""
