"""``connect()``: the settings of all layers become one session, or one error that lists all that is wrong."""

from __future__ import annotations

import logging
import os
import warnings
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from orgkey import plugins
from orgkey.carriers import HTTPSettings, load_library
from orgkey.clock import SYSTEM_CLOCK
from orgkey.errors import ConfigError, SettingsWarning, UntrustedHost
from orgkey.grants import ClientCredentials, JWTBearer, client_credentials
from orgkey.grants.base import text_problem, username_problem
from orgkey.keys import Signer, is_reference, load_signer
from orgkey.secrets import Secret, shown, shown_path
from orgkey.session import OrgSession, SessionOptions
from orgkey.settings.hosts import choose_login_url, is_sandbox
from orgkey.settings.layers import (
    OPTION_NAMES,
    Layer,
    Setting,
    environment_layer,
    first,
    kept,
    kind_problems,
    why_missing,
    without_quotes,
)
from orgkey.settings.profiles import missing_file_problem, profile_layer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orgkey.grants import Grant
    from orgkey.org import HostRules

__all__ = ["connect", "key_file"]

_LOGGER: Final = logging.getLogger("orgkey")
_DEFAULT_LOGIN: Final = Setting("the default", "https://login.salesforce.com")
_GRANT_NAMES: Final = {
    "jwt": "jwt_bearer",
    "jwt_bearer": "jwt_bearer",
    "jwt-bearer": "jwt_bearer",
    "client_credentials": "client_credentials",
    "client-credentials": "client_credentials",
}
_KEY_NAMES: Final = ("private_key", "private_key_file")
_BESIDE_A_KEY: Final = ("login_url", "domain", "client_id", "username")
_CREDENTIALS: Final = ("login_url", "client_id", "username", *_KEY_NAMES, "client_secret")
_UNUSED_VARIABLES: Final = ("SALESFORCE_PASSWORD", "SALESFORCE_SECURITY_TOKEN")


def connect(profile: str | None = None, **overrides: Any) -> OrgSession:
    """The session that the settings describe. Nothing is sent yet; the first call logs in.

    Each setting is taken from the first that has it: ``overrides``, the profile named in ``profile``, the environment
    (``SALESFORCE_LOGIN_URL``, ``SALESFORCE_CLIENT_ID`` ...), the profile that SALESFORCE_PROFILE names, else the
    profile ``default``.

    Parameters
    ----------
    profile:
        Name of a profile in the profile file.
    overrides:
        ``login_url``, ``domain``, ``client_id``, ``client_secret``, ``private_key`` (PEM text, key URI or Signer),
        ``private_key_file``, ``private_key_passphrase``, ``username``, ``audience``, ``grant`` (``jwt_bearer`` or
        ``client_credentials``), ``ca_file``; the fields of :class:`~orgkey.SessionOptions`; ``clock``.

    Raises
    ------
    ConfigError
        What is missing, contradictory or malformed: all of it, each with its setting's name and the fix.

    """
    clock = overrides.pop("clock", None) or SYSTEM_CLOCK
    # Bound anew, so that a traceback from here on has nothing plain among its locals.
    overrides = kept(overrides)
    layers = _layers(profile, overrides)
    _warn_of_unused_passwords()
    resolution = _Resolution(layers)
    options = resolution.options()
    login_url = resolution.login_url(options.host_rules)
    grant = resolution.grant(login_url)
    if resolution.problems or grant is None or login_url is None:
        raise ConfigError(resolution.problems)
    session = OrgSession(grant, login_url, options, clock=clock)
    session.login_note = resolution.login_note
    if clock is SYSTEM_CLOCK and not any(map(_is_secret, overrides.values())):
        session.remember_recipe(_Recipe(profile, overrides))
    return session


def key_file(profile: str | None = None) -> Path | None:
    """The file of the private key that the settings name; None where the key lives elsewhere or there is none."""
    layers = _layers(profile, {})
    layer = next((layer for layer in layers if any(layer.get(name) for name in _KEY_NAMES)), None)
    if layer is None:
        return None
    key, file = (layer.get(name) for name in _KEY_NAMES)
    if file:
        return Path(os.fspath(file.value)).expanduser()
    if key and isinstance(key.value, Secret) and is_reference(key.value):
        scheme, _, place = key.value.reveal().strip().partition(":")
        return Path(place.removeprefix("//")).expanduser() if scheme == "file" else None
    return None


@dataclass(frozen=True, slots=True)
class _Recipe:
    """How to connect again in another process, whose environment or profiles hold the secrets."""

    profile: str | None
    overrides: Mapping[str, Any] = field(repr=False)

    def __call__(self) -> OrgSession:
        return connect(self.profile, **self.overrides)


def _is_secret(value: object) -> bool:
    """Whether ``value`` must not leave the process. A key URI only says where the secret is."""
    if isinstance(value, Secret):
        return not is_reference(value)
    return isinstance(value, Signer) or (isinstance(value, HTTPSettings) and bool(value.client or value.proxy))


def _layers(profile: str | None, overrides: Mapping[str, Any]) -> tuple[Layer, ...]:
    arguments = Layer("arguments", {name: Setting(f"{name}=", value) for name, value in overrides.items()})
    problems = kind_problems(arguments)
    if problems:
        raise ConfigError(problems)
    environment = environment_layer()
    # A profile named in the program is an argument, and so comes before the environment.
    if profile is not None:
        named = profile_layer(profile)
        return (arguments, named, environment) if named else (arguments, environment)
    file = profile_layer(os.environ.get("SALESFORCE_PROFILE") or None)
    return (arguments, environment, file) if file else (arguments, environment)


def _warn_of_unused_passwords() -> None:
    unused = [name for name in _UNUSED_VARIABLES if os.environ.get(name)]
    if unused:
        warnings.warn(
            f"{' and '.join(unused)} {'is' if len(unused) == 1 else 'are'} set and not used. "
            "Change the password and reset the token, which may be known elsewhere, and delete them here. A program "
            "that reads them itself (as under `orgkey run`) goes on with any other value.",
            SettingsWarning,
            stacklevel=3,
        )


class _Resolution:
    """Settings on their way to a session; ``problems`` gathers what is wrong instead of stopping at the first."""

    def __init__(self, layers: tuple[Layer, ...]) -> None:
        self.layers, self.problems = without_quotes(layers)
        self.login_note = ""
        self.grant_name = self._decide_grant()

    def options(self) -> SessionOptions:
        """The options of the session."""
        chosen = {name: setting.value for name in OPTION_NAMES if (setting := first(self.layers, name))}
        chosen["http"] = self._http(chosen.get("http"))
        try:
            return SessionOptions(**chosen)
        except ConfigError as error:
            self.problems += error.problems
            return SessionOptions()

    def _http(self, given: HTTPSettings | Any) -> HTTPSettings:
        ca_file = first(self.layers, "ca_file")
        if ca_file and not os.path.isfile(ca_file.value):  # noqa: PTH113  # Path.is_file raises for a key in its place
            self.problems.append(f"{ca_file.where} names {shown_path(str(ca_file.value))}, which is not a file.")
        if not isinstance(given, HTTPSettings):
            given = HTTPSettings(library=given)
        if ca_file and given.ca_file is None:
            given = replace(given, ca_file=str(ca_file.value))
        try:
            load_library(given)
        except ConfigError as error:
            self.problems += error.problems
        return given

    def login_url(self, rules: HostRules) -> str | None:
        """The login URL, checked."""
        chosen, problems, notes = choose_login_url(self.layers)
        self.problems += problems
        for note in notes:
            warnings.warn(note, SettingsWarning, stacklevel=3)
        if chosen is None and self.grant_name != "client_credentials":
            chosen = _DEFAULT_LOGIN
            hint = why_missing("login_url", "domain")
            self.login_note = f"SALESFORCE_LOGIN_URL is not set, so that {chosen.value} is asked. {hint}".rstrip()
        if chosen is None:
            self._misses(
                "SALESFORCE_LOGIN_URL is missing. Set it to the org's My Domain, such as https://acme.my.salesforce.com",
                "login_url",
            )
            return None
        try:
            login = rules.origin(chosen.value, chosen.where)
        except UntrustedHost as error:
            self.problems.append(f"{error}.")
            return None
        if self.grant_name == "client_credentials":
            self.problems += client_credentials.host_problems(login)
        return str(login)

    def grant(self, login_url: str | None) -> Grant | None:
        """The grant that the settings add up to."""
        if self.grant_name == "jwt_bearer":
            return self._jwt_bearer(login_url)
        if self.grant_name == "client_credentials":
            return self._client_credentials()
        if self.grant_name is not None and self.grant_name in plugins.grants():
            create = plugins.grants()[self.grant_name].create
            settings = {name: each.value for layer in reversed(self.layers) for name, each in layer.settings.items()}
            return self._make(lambda: create(settings))
        if self.grant_name is None:
            missing = [name for name in _CREDENTIALS if first(self.layers, name) is None]
            self._misses(f"There are no credentials. {self._what_to_set()}", *missing)
        return None

    def _what_to_set(self) -> str:
        there = {name: setting.where for name in _BESIDE_A_KEY if (setting := first(self.layers, name))}
        if "client_id" not in there:
            return (
                "Set SALESFORCE_LOGIN_URL (the org's My Domain) and SALESFORCE_CLIENT_ID, with SALESFORCE_USERNAME and "
                "SALESFORCE_PRIVATE_KEY or SALESFORCE_PRIVATE_KEY_FILE (JWT Bearer), or with SALESFORCE_CLIENT_SECRET "
                "(Client Credentials). `orgkey setup` makes an app and all of these."
            )
        username = "" if "username" in there else "SALESFORCE_USERNAME and "
        login_url = "" if "login_url" in there or "domain" in there else "SALESFORCE_LOGIN_URL and "
        return (
            f"A key or a secret is missing beside {', '.join(there.values())}: set {username}SALESFORCE_PRIVATE_KEY or "
            f"SALESFORCE_PRIVATE_KEY_FILE (JWT Bearer), or {login_url}SALESFORCE_CLIENT_SECRET (Client Credentials)."
        )

    def _misses(self, problem: str, *names: str) -> None:
        """Note that one of the settings ``names`` is missing, and what may be the reason."""
        self.problems.append(f"{problem} {why_missing(*names)}".rstrip())
        file_problem = missing_file_problem()
        if file_problem and file_problem not in self.problems:
            self.problems.append(file_problem)

    def _decide_grant(self) -> str | None:
        """The grant of the first layer that says anything about one; in a layer with a key and a secret, JWT Bearer."""
        for layer in self.layers:
            grant = layer.get("grant")
            if grant:
                return self._known_grant(grant)
            if any(layer.get(name) for name in _KEY_NAMES):
                if layer.get("client_secret") and layer.kind != "arguments":
                    _LOGGER.info(
                        "A key and a client secret are both set: JWT Bearer is used. SALESFORCE_GRANT decides."
                    )
                return "jwt_bearer"
            if layer.get("client_secret"):
                return "client_credentials"
        return None

    def _known_grant(self, setting: Setting) -> str:
        name = str(setting.value).strip().lower()
        known = name if name in plugins.grants() else _GRANT_NAMES.get(name)
        if known is None:
            problem = f"{setting.where} is {shown(str(setting.value))!r}. It takes jwt_bearer or client_credentials."
            if "password" in str(setting.value).lower():
                problem += " The password grant is closed: External Client Apps have none, and orgs block it."
            self.problems.append(problem)
        return known or ""

    def _jwt_bearer(self, login_url: str | None) -> Grant | None:
        client_id, username = self._required("client_id", "username")
        signer = self._signer()
        audience, secret = first(self.layers, "audience"), first(self.layers, "client_secret")
        if audience and login_url and is_sandbox(_bare(audience.value)) != is_sandbox(_bare(login_url)):
            self.problems.append(
                f"{audience.where} is {shown(str(audience.value))}, the login URL is {login_url}: one means a "
                "sandbox, the other production. Remove the audience; it defaults to the login URL."
            )
        if client_id is None or username is None or signer is None:
            return None
        return self._make(
            lambda: JWTBearer(
                client_id,
                username,
                signer,
                audience=audience.value if audience else None,
                client_secret=secret.value if secret else None,
            )
        )

    def _client_credentials(self) -> Grant | None:
        client_id, secret = self._required("client_id", "client_secret")
        if client_id is None or secret is None:
            return None
        return self._make(lambda: ClientCredentials(client_id, secret))

    def _make(self, grant: Any) -> Grant | None:
        try:
            made: Grant = grant()
        except ConfigError as error:
            self.problems += error.problems
            return None
        return made

    def _required(self, *names: str) -> Iterator[Any]:
        for name in names:
            setting = first(self.layers, name)
            check: Any = username_problem if name == "username" else text_problem
            if setting is None:
                self._misses(f"SALESFORCE_{name.upper()} is missing. {_WHAT_IT_IS[name]}", name)
            elif problem := check(setting.value, setting.where):
                self.problems.append(problem)
                setting = None
            yield None if setting is None else setting.value

    def _signer(self) -> Signer | None:
        layer = next((layer for layer in self.layers if any(layer.get(name) for name in _KEY_NAMES)), None)
        if layer is None:
            self._misses(
                f"SALESFORCE_PRIVATE_KEY or SALESFORCE_PRIVATE_KEY_FILE is missing. {_WHAT_IT_IS['key']}", *_KEY_NAMES
            )
            return None
        key, file = (layer.get(name) for name in _KEY_NAMES)
        if key and file:
            self.problems.append(f"{key.where} and {file.where} are both set. Keep one of them.")
            return None
        chosen = key or file
        if chosen is None or isinstance(chosen.value, Signer):
            return chosen.value if chosen else None
        passphrase = first(self.layers, "private_key_passphrase")
        reference = key.value if key else f"file:{os.fspath(chosen.value)}"
        try:
            return load_signer(reference, chosen.where, passphrase.value if passphrase else None)
        except ConfigError as error:
            self.problems += error.problems
            return None


_WHAT_IT_IS: Final = {
    "client_id": "It is the app's consumer key (Setup > External Client App Manager > the app > Settings > OAuth).",
    "client_secret": "It is the app's consumer secret, beside the consumer key.",
    "username": "It is the Salesforce username to act as, such as agent@acme.example.",
    "key": "It is the private key whose certificate the app holds; orgkey needs it to sign in.",
}


def _bare(url: str) -> str:
    return url.removeprefix("https://").removeprefix("http://")
