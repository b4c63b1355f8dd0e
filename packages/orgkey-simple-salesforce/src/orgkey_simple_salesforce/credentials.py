"""From simple-salesforce's login arguments to a session: which login they mean, and what takes a password's place.

The shapes are tried in simple-salesforce's own order. A password is never sent. Where one is given, what the arguments
hold beside it is used, in this order: a session id; a private key; then the environment or profile, which somebody set
up for this very purpose; and last a consumer key and secret, which belonged to the password login but may do for Client
Credentials.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import Enum
from pathlib import Path
from types import MappingProxyType, NoneType
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import requests

import orgkey
from orgkey_simple_salesforce.auth_session import GuardedSession, unstamped
from orgkey_simple_salesforce.callers import warn
from orgkey_simple_salesforce.errors import LoginNotConfigured, PasswordLoginRemoved

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping

__all__ = ["Arguments", "Shape", "connect", "shape_of"]


class Shape(Enum):
    """A way to log in, by the arguments that ask for it."""

    SOAP_SECURITY_TOKEN = "username, password, security_token"  # noqa: S105  # names, no values
    SESSION_ID = "session_id, instance or instance_url"
    SOAP_ORGANIZATION = "username, password, organizationId"
    OAUTH_PASSWORD = "username, password, consumer_key, consumer_secret"  # noqa: S105
    JWT_BEARER = "username, consumer_key, privatekey_file or privatekey"
    CLIENT_CREDENTIALS = "consumer_key, consumer_secret"
    SOAP_TRUSTED_ADDRESS = "username, password"

    @property
    def needs(self) -> list[list[str]]:
        """The arguments that must be there; of each inner list, one."""
        return [group.split(" or ") for group in self.value.split(", ")]

    @property
    def sends_password(self) -> bool:
        """Whether simple-salesforce sends a password for it."""
        return ["password"] in self.needs


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a program gave, under simple-salesforce's names. Secrets are wrapped."""

    username: str | None = None
    password: orgkey.Secret | None = None
    security_token: orgkey.Secret | None = None
    session_id: orgkey.Secret | None = None
    instance: str | None = None
    instance_url: str | None = None
    organizationId: str | None = None  # noqa: N815  # simple-salesforce's name
    domain: str | None = None
    consumer_key: str | None = None
    consumer_secret: orgkey.Secret | None = None
    privatekey_file: str | os.PathLike[str] | None = None
    privatekey: orgkey.Secret | None = None
    scratch_url: str | None = None

    @classmethod
    def wrapping(cls, **given: Any) -> Arguments:
        """The arguments as they came, with the secret ones wrapped."""
        if isinstance(given.get("privatekey"), bytes):
            given["privatekey"] = given["privatekey"].decode("utf-8", "replace")
        instance = given.get("instance")
        if isinstance(instance, str) and "://" in instance:
            given["instance"] = instance.partition("://")[2].partition("/")[0]  # a host is meant, a URL often given
        given |= {name: orgkey.Secret(given[name]) for name in _SECRETS if isinstance(given.get(name), str)}
        return cls(**given)

    @property
    def has_password(self) -> bool:
        """Whether there is anything that a password login takes."""
        return self.password is not None or self.security_token is not None

    def has(self, *names: str) -> bool:
        """Whether one of ``names`` was given. As in simple-salesforce, an empty text is given."""
        return any(getattr(self, name) is not None for name in names)

    def without_password(self) -> Arguments:
        """What is left when the password is not used."""
        return replace(self, password=None, security_token=None, organizationId=None)


_SECRETS: Final = ("password", "security_token", "session_id", "consumer_secret", "privatekey")

_PROXIES: Final = "{'https': 'http://proxy.example:3128'}"

# Under these names the core knows them.
_SETTINGS: Final = MappingProxyType(
    {
        "username": "username",
        "consumer_key": "client_id",
        "consumer_secret": "client_secret",
        "privatekey": "private_key",
        "privatekey_file": "private_key_file",
        "domain": "domain",
    }
)


def shape_of(arguments: Arguments) -> Shape | None:
    """The way to log in that ``arguments`` ask for; None where they are not complete for any."""
    return next((shape for shape in Shape if all(arguments.has(*group) for group in shape.needs)), None)


def connect(
    arguments: Arguments,
    auth: orgkey.OrgSession | None = None,
    proxies: MutableMapping[str, str] | None = None,
    session: requests.Session | None = None,
) -> orgkey.OrgSession | None:
    """The session that ``arguments`` stand for; None where they hold a session id, which is used as it is.

    ``auth`` is used where it is given. Otherwise token requests are sent as simple-salesforce sends its logins: by
    requests, through ``session`` or ``proxies``. Nothing is sent yet. Raises :class:`LoginNotConfigured`, or its
    subclass :class:`PasswordLoginRemoved` where a password was all there was.
    """
    rest = arguments.without_password()
    shape = shape_of(rest)
    problems = [*_problems(arguments, shape), *_clashes(rest, auth), *_proxy_problems(proxies)]
    problems += _session_problems(session, fixed_token=shape is Shape.SESSION_ID)
    if problems:
        raise LoginNotConfigured(problems)
    if auth is not None or shape is Shape.SESSION_ID:
        found = auth
    else:
        network = _network(proxies, session)
        try:
            open_session = _replacing_password if arguments.has_password else _open
            found = open_session(rest, shape, network)
        except orgkey.ConfigError as error:
            raise _refusal(arguments, error) from error
        http = found.options.http
        if session is None and http.client is not None:
            http.client.trust(http.ca_file)  # made here: what the settings say is known only now
    if arguments.has_password:
        warn(_ignored(arguments, found), orgkey.PasswordIgnoredWarning)
    return found


def _replacing_password(rest: Arguments, shape: Shape | None, network: dict[str, Any]) -> orgkey.OrgSession:
    if shape is Shape.JWT_BEARER:
        return _open(rest, shape, network)
    # "login" is what simple-salesforce takes where no domain is given: it says nothing.
    domain = None if rest.domain == "login" else rest.domain
    try:
        return _open(Arguments(username=rest.username, domain=domain, scratch_url=rest.scratch_url), None, network)
    except orgkey.ConfigError as error:
        if shape is not Shape.CLIENT_CREDENTIALS or not _nothing_configured(error):
            raise
    return _open(rest, shape, network)


def _open(arguments: Arguments, shape: Shape | None, network: dict[str, Any]) -> orgkey.OrgSession:
    settings = {setting: getattr(arguments, name) for name, setting in _SETTINGS.items() if arguments.has(name)}
    if arguments.has("privatekey_file"):
        settings.pop("private_key", None)  # simple-salesforce prefers the file
    if shape is Shape.CLIENT_CREDENTIALS:
        # simple-salesforce takes the secret where a key comes without a username.
        settings.pop("private_key", None)
        settings.pop("private_key_file", None)
    if shape is Shape.JWT_BEARER and arguments.instance_url is not None:
        # simple-salesforce asks for the token there and keeps domain for the audience.
        settings["domain"] = arguments.instance_url
        if arguments.domain is not None:
            settings["audience"] = _audience(arguments.domain)
    if arguments.scratch_url is not None:
        settings["domain"] = arguments.scratch_url
    return orgkey.connect(**settings, **network)


def _audience(domain: str) -> str:
    return domain if "://" in domain else f"https://{domain.removesuffix('.salesforce.com')}.salesforce.com"


def _network(proxies: MutableMapping[str, str] | None, session: requests.Session | None) -> dict[str, Any]:
    if session is None and proxies:
        session = GuardedSession()
        session.proxies = proxies
    if session is None:
        return {"http": orgkey.HTTPSettings(library="requests")}
    # Proxy and CA file are named for whoever shares the login and does not send by requests.
    proxy = session.proxies.get("https") or session.proxies.get("all")
    ca_file = session.verify if isinstance(session.verify, str) and Path(session.verify).is_file() else None
    return {"http": orgkey.HTTPSettings(client=unstamped(session), proxy=proxy, ca_file=ca_file)}


def _nothing_configured(error: orgkey.ConfigError) -> bool:
    return any(problem.startswith("There are no credentials") for problem in error.problems)


def _refusal(arguments: Arguments, error: orgkey.ConfigError) -> LoginNotConfigured:
    if not arguments.has_password:
        return LoginNotConfigured(error.problems)
    shape = shape_of(arguments)
    asked = shape.value if shape else "password"
    removed = f"This program logs in with a password ({asked}). It was not sent: Salesforce is closing that way."
    if _nothing_configured(error):
        return PasswordLoginRemoved(
            f"{removed} Set SALESFORCE_LOGIN_URL and SALESFORCE_CLIENT_ID with SALESFORCE_USERNAME and "
            "SALESFORCE_PRIVATE_KEY_FILE (JWT Bearer) or with SALESFORCE_CLIENT_SECRET (Client Credentials), and the "
            "same call logs in without one."
        )
    return PasswordLoginRemoved([f"{removed} What is set in its place does not log in yet.", *error.problems])


def _ignored(arguments: Arguments, found: orgkey.OrgSession | None) -> str:
    given = " and ".join(name for name in ("password", "security_token") if arguments.has(name))
    instead = "the session id" if found is None else found.grant.name
    return (
        f"{given} {'were' if ' and ' in given else 'was'} given and not sent; {instead} is used. Remove it from this "
        "call, then change the password and reset the security token: they may be known elsewhere."
    )


def _problems(arguments: Arguments, shape: Shape | None) -> Iterator[str]:
    for field in fields(arguments):
        value = getattr(arguments, field.name)
        kinds = (str, os.PathLike, orgkey.Secret) if field.name == "privatekey_file" else (str, orgkey.Secret)
        if value is None:
            continue
        if not isinstance(value, kinds):
            yield f"{field.name}= is a {type(value).__name__}. It takes text."
        elif field.name not in {"password", "security_token"} and not _text(value).strip():
            yield f"{field.name}= is empty. Leave it out, or give it a value."
    if shape is Shape.SESSION_ID:
        if arguments.instance_url is not None and not _is_url(str(arguments.instance_url)):
            yield f"instance_url= is {arguments.instance_url!r}, which is no URL such as https://acme.my.salesforce.com"
        elif arguments.instance_url is None and not _is_host(str(arguments.instance)):
            yield f"instance= is {arguments.instance!r}, which is no host such as acme.my.salesforce.com"
    elif arguments.session_id is not None:
        yield "session_id= needs to know its host: add instance_url=, such as https://acme.my.salesforce.com"
    elif shape is None and not arguments.has_password and arguments.has("instance", "instance_url"):
        yield "instance= and instance_url= say where a session id is good. Add session_id=, or use domain= to log in."


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in {"https", "http"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number
        return False


def _is_host(text: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?", text)) and _is_url(f"https://{text}")


def _clashes(arguments: Arguments, auth: object) -> Iterator[str]:
    if auth is None:
        return
    if not isinstance(auth, orgkey.OrgSession):
        yield f"auth= is a {type(auth).__name__}. It takes an orgkey.OrgSession, as orgkey.connect() returns it."
        return
    others = [f"{field.name}=" for field in fields(arguments) if field.name != "username" and arguments.has(field.name)]
    if others:
        yield f"auth= decides how to log in, and so does {', '.join(others)}. Keep one of them."


def _session_problems(session: object, *, fixed_token: bool) -> Iterator[str]:
    # Behind a fixed token it is used as it is, and a program's tests may give any stand-in.
    usable = hasattr(session, "request") and hasattr(session, "proxies") and not isinstance(session, type)
    if session is not None and not (usable if fixed_token else isinstance(session, requests.Session)):
        yield f"session= is a {type(session).__name__}, which cannot carry a token. Give a requests.Session."


def _proxy_problems(proxies: object) -> Iterator[str]:
    if proxies is None:
        return
    if not isinstance(proxies, Mapping):
        yield f"proxies= is a {type(proxies).__name__}. It takes a dict such as {_PROXIES}."
    elif not all(isinstance(scheme, str) and isinstance(url, (str, NoneType)) for scheme, url in proxies.items()):
        yield f"proxies= has something in it that is no text. It takes a dict such as {_PROXIES}."


def _text(value: object) -> str:
    return value.reveal() if isinstance(value, orgkey.Secret) else str(value)
