"""Client Credentials (RFC 6749 section 4.4): the app acts as the Run-As user that the admin set in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, NoReturn

from orgkey.errors import ConfigError
from orgkey.grants.base import TOKEN_PATH, app_problems
from orgkey.org import is_generic_login
from orgkey.secrets import Secret, conceal
from orgkey.wire import Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orgkey.org import Origin

__all__ = ["ClientCredentials", "host_problems"]


@dataclass(frozen=True, slots=True, init=False)
class ClientCredentials:
    """The Client Credentials grant. Only a My Domain host answers it.

    Attributes
    ----------
    client_id:
        The app's consumer key.
    client_secret:
        The app's consumer secret; wrapped at once.

    Raises :class:`~orgkey.errors.ConfigError` with all problems of its settings.

    """

    client_id: str
    client_secret: Secret = field(repr=False)

    name: ClassVar[str] = "client_credentials"
    username: ClassVar[None] = None

    def __init__(self, client_id: str, client_secret: Secret | str) -> None:
        # Bound anew, so that a traceback from here on has nothing plain among its locals.
        client_secret = conceal(client_secret)
        problems = app_problems(client_id, client_secret)
        if problems:
            raise ConfigError(problems)
        object.__setattr__(self, "client_id", client_id)
        object.__setattr__(self, "client_secret", client_secret)

    def token_request(self, login: Origin, now: float) -> Request:
        """The client id and secret as a form (RFC 6749 section 2.3.1)."""
        del now
        return Request(login, TOKEN_PATH, {"grant_type": "client_credentials", **self.client_authentication()})

    def acting_as(self, username: str) -> NoReturn:
        """Not possible: raises :class:`~orgkey.errors.ConfigError`."""
        raise ConfigError(
            f"Client Credentials cannot act as {username!r}: the app's Run-As user acts, whoever asks. "
            "Use JWT Bearer to act as a person."
        )

    def client_authentication(self) -> Mapping[str, str | Secret]:
        """Client id and secret."""
        return {"client_id": self.client_id, "client_secret": self.client_secret}

    def problems(self, login: Origin) -> list[str]:
        """Says so where ``login`` is login.salesforce.com or test.salesforce.com, which refuse this grant."""
        return host_problems(login)


def host_problems(login: Origin) -> list[str]:
    """What is wrong with asking for this grant at the host ``login``, whatever the app: empty where nothing is."""
    if not is_generic_login(login.host):
        return []
    problem = (
        f"Client Credentials is not answered at {login.host}. Set SALESFORCE_LOGIN_URL to the org's My Domain, "
        "such as https://acme.my.salesforce.com (Setup > My Domain shows it)."
    )
    return [problem]
