"""What every grant offers, and the checks that all of them make on their settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from orgkey.secrets import Secret, conceal, may_be_secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orgkey.org import Origin
    from orgkey.wire import Request

__all__ = [
    "TOKEN_PATH",
    "Grant",
    "app_problems",
    "client_form",
    "is_client_id",
    "quotes_problem",
    "shown_client_id",
    "text_problem",
    "username_problem",
]

TOKEN_PATH: Final = "/services/oauth2/token"  # noqa: S105  # a path

# Typed ones, and those that a word processor makes of them.
_QUOTES: Final = ("''", '""', "\u2018\u2019", "\u201c\u201d")
# How the consumer keys begin that Salesforce makes; an app may have been deployed with another one of its own.
_CONSUMER_KEY: Final = "3MVG9"


class Grant(Protocol):
    """A way to obtain an access token. It knows the app and who is meant; it does no I/O and holds no token."""

    @property
    def name(self) -> str:
        """``jwt_bearer``, ``client_credentials``, ...: as written in settings, events and diagnoses."""
        ...

    @property
    def client_id(self) -> str:
        """The app's consumer key."""
        ...

    @property
    def username(self) -> str | None:
        """The user it asks to act as; None where the app decides."""
        ...

    def token_request(self, login: Origin, now: float) -> Request:
        """The request for one access token at the host ``login``, made at ``now`` (seconds since the epoch)."""
        ...

    def acting_as(self, username: str) -> Grant:
        """The same grant for another user. Raises :class:`~orgkey.ConfigError` where the app decides who acts."""
        ...

    def client_authentication(self) -> Mapping[str, str | Secret]:
        """The form fields by which the app proves itself to introspection (RFC 7662 section 2.1)."""
        ...

    def problems(self, login: Origin) -> list[str]:
        """What cannot work about this grant at the host ``login``: each with its fix, empty where nothing is wrong."""
        ...


def text_problem(value: str | Secret, setting: str) -> str:
    """What is wrong with a text setting, or nothing: empty, or with white space or quotes that came along.

    What is or may be a secret is not repeated in the message.
    """
    if problem := quotes_problem(value, setting):
        return problem
    if isinstance(value, Secret):
        return _secret_problem(value, setting)
    if not value.strip():
        return f"{setting} is empty."
    if value != value.strip():
        quoted = _quoted(value, value.strip())
        return f"{setting} has white space before or after it{quoted}. Salesforce compares it literally; remove it."
    if any(character.isspace() or not character.isprintable() for character in value):
        return f"{setting} has white space inside{_quoted(value, ''.join(filter(str.isprintable, value)))}."
    return ""


def quotes_problem(value: str | Secret, setting: str) -> str:
    """Says so where the whole value stands in quotes, or nothing."""
    text = conceal(value)
    if not any(text.reveal().startswith(pair[0]) and text.reveal()[1:].endswith(pair[1]) for pair in _QUOTES):
        return ""
    return (
        f"{setting} has quotes around it, and they are part of the value: a shell takes them away, docker's --env-file "
        "keeps them. Remove them."
    )


def username_problem(value: str, setting: str) -> str:
    """What is wrong with the username to act as, or nothing."""
    problem = text_problem(value, setting)
    if problem or "@" in value:
        return problem
    return (
        f"{setting} has no @ in it. A Salesforce username has the form of an email address, such as "
        "agent@acme.example (Setup > Users shows it)."
    )


def app_problems(client_id: str, client_secret: Secret | None) -> list[str]:
    """What is wrong with the app's own two settings; the secret is checked where there is one."""
    problems = [text_problem(client_id, "client_id (SALESFORCE_CLIENT_ID)")]
    if client_secret is not None:
        problems.append(text_problem(client_secret, "client_secret (SALESFORCE_CLIENT_SECRET)"))
        problems.append(_swapped(client_id, client_secret))
    return [problem for problem in problems if problem]


def shown_client_id(client_id: str) -> str:
    """``client_id`` as output may quote it, or why it is not quoted."""
    return (
        client_id
        if is_client_id(client_id)
        else f"not shown: it may be the secret; a consumer key begins with {_CONSUMER_KEY}"
    )


def is_client_id(client_id: str) -> bool:
    """Whether ``client_id`` is a consumer key, or a name that an app was deployed with in place of one."""
    return client_id.startswith(_CONSUMER_KEY) or not may_be_secret(client_id)


def _swapped(client_id: str, client_secret: Secret) -> str:
    if not client_secret.reveal().startswith(_CONSUMER_KEY) or client_id.startswith(_CONSUMER_KEY):
        return ""
    return (
        f"client_secret (SALESFORCE_CLIENT_SECRET) holds a consumer key, which begins with {_CONSUMER_KEY}, and "
        "client_id (SALESFORCE_CLIENT_ID) none: they are swapped. Exchange the two."
    )


def _quoted(value: str, without: str) -> str:
    return f": {value!r}" if is_client_id(without) else ""


def client_form(client_id: str, client_secret: Secret | None) -> dict[str, str | Secret]:
    """Client id and, for a confidential client, its secret: as form fields (RFC 6749 section 2.3.1)."""
    return (
        {"client_id": client_id} if client_secret is None else {"client_id": client_id, "client_secret": client_secret}
    )


def _secret_problem(secret: Secret, setting: str) -> str:
    if not secret.reveal().strip():
        return f"{setting} is empty."
    if secret.reveal() != secret.reveal().strip():
        return f"{setting} has white space before or after it. Remove it."
    if not (secret.reveal().isascii() and secret.reveal().isprintable()):
        return f"{setting} has characters in it that no consumer secret has. Copy it again."
    return ""
