"""What a world is made of: orgs, their users, their apps, and what an admin can do to them."""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import itertools
import re
import secrets
from collections import deque
from collections.abc import Iterable  # noqa: TC003 - settings.bind reads it at run time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from orgkey_sim.consents import Consents
from orgkey_sim.data import Records
from orgkey_sim.data.ids import IdSequence
from orgkey_sim.deployed_apps import DeployedApps
from orgkey_sim.faults import Faults
from orgkey_sim.keys import KeyPair, VerifyingKey, load_certificate, load_key_pair, new_key_pair, shared_key_pair
from orgkey_sim.login_history import show_app, show_user_login
from orgkey_sim.oauth.browsers import Browsers
from orgkey_sim.oauth.errors import ROWS, Row, Scene
from orgkey_sim.ratelimit import LoginLimit
from orgkey_sim.requestlog import RequestLog
from orgkey_sim.sessions import Session, Sessions, TokenFormat

if TYPE_CHECKING:
    from collections.abc import Callable

    from orgkey_sim.clock import VirtualClock

__all__ = [
    "App",
    "AppKind",
    "Flow",
    "Org",
    "OrgKind",
    "OrgPolicies",
    "PermittedUsers",
    "RefreshPolicy",
    "Session",
    "TokenFormat",
    "User",
]

OrgKind = Literal["production", "sandbox", "scratch"]
AppKind = Literal["eca", "connected_app"]
PermittedUsers = Literal["admin_approved", "all_users"]
Flow = Literal["jwt_bearer", "client_credentials"]
RefreshPolicy = Literal["infinite", "idle", "lifetime", "immediate"]

_ORG_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_DOMAINS: Final[dict[OrgKind, str]] = {
    "production": "my.salesforce.com",
    "sandbox": "sandbox.my.salesforce.com",
    "scratch": "scratch.my.salesforce.com",
}
_LOGINS_PER_HOUR: Final = 3600
_LOGIN_HOURS: Final = frozenset(itertools.combinations(range(25), 2))


@dataclass(slots=True)
class OrgPolicies:
    """The switches of one org. The defaults are a new org's; none was checked against a live one.

    Sessions: ``session_minutes`` is how long an idle session lives (2 hours, as in a new org), ``jwt_token_minutes``
    how long a JWT-format token does.

    Logins: ``soap_login`` and ``password_flow`` let through what new orgs refuse ("SOAP API login() Retirement",
    article 005132110; Summer '23 for the flow). ``eca_on_generic_hosts`` lets an External Client App log in at
    login/test.salesforce.com, as before Spring '26 (https://github.com/forcedotcom/cli/issues/3482).
    ``login_ip_ranges`` in CIDR notation, and ``login_hours`` as first and last hour in UTC (the last excluded), are
    everywhere and always when empty.

    Assertions: ``accepted_audiences`` replaces the audiences that fit the kind of org; ``audience_error`` is the row
    of the error table for a wrong one (three wordings were seen). ``clock_skew_seconds`` is how far the org's clock
    is ahead of the client's. ``assertion_max_seconds`` is the longest validity accepted; sources say 3 minutes, 5,
    and none (the Salesforce CLI sends a far longer one), so it is off.

    Consent: ``consent_pages`` makes the authorize endpoint show its login page and its consent page, as to a browser;
    off, who asks is logged in already and consents. ``refresh_seconds`` is how long the org works on a refresh: a
    second request with the same refresh token in that time is told that it is being processed.

    Answers: ``issued_at_in_jwt_answer`` adds issued_at and signature to JWT bearer answers, which samples lack.
    ``error_status`` gives rows of the error table another HTTP status.

    API: ``api_enabled`` off refuses every call with API_DISABLED_FOR_ORG; ``daily_api_requests`` refuses those beyond
    it.
    """

    session_minutes: float = 120.0
    jwt_token_minutes: float = 30.0
    soap_login: bool = False
    password_flow: bool = False
    eca_on_generic_hosts: bool = False
    login_ip_ranges: tuple[str, ...] = ()
    login_hours: tuple[int, ...] = ()
    accepted_audiences: tuple[str, ...] | None = None
    audience_error: str = "audience_invalid"
    clock_skew_seconds: float = 0.0
    assertion_max_seconds: float | None = None
    consent_pages: bool = False
    refresh_seconds: float = 0.0
    issued_at_in_jwt_answer: bool = False
    error_status: dict[str, int] = field(default_factory=dict)
    api_enabled: bool = True
    daily_api_requests: int | None = None

    def __post_init__(self) -> None:
        _check_ranges("login_ip_ranges", self.login_ip_ranges)
        if self.login_hours and tuple(self.login_hours) not in _LOGIN_HOURS:
            raise ValueError(f"login_hours {self.login_hours}: give the first hour and the one after the last, of 24")
        for row_id in (self.audience_error, *self.error_status):
            _row(row_id)

    def admits(self, address: str, hour: int) -> bool:
        """Whether a login from that IP address, in that hour of the day (UTC), is allowed."""
        if self.login_ip_ranges and not _in_ranges(address, self.login_ip_ranges):
            return False
        if not self.login_hours:
            return True
        first, last = self.login_hours
        return first <= hour < last


@dataclass(slots=True, eq=False)
class User:
    """One person, or integration, with a login in an org."""

    id: str
    username: str
    email: str
    name: str
    org: Org = field(repr=False)
    password: str = field(repr=False)
    security_token: str = field(repr=False)
    active: bool = True
    frozen: bool = False
    api_enabled: bool = True

    def deactivate(self) -> None:
        """Take the user's access away, for good: their sessions end at once."""
        self.active = False
        self.org.sessions.end(user=self)
        self.org.show_user(self)

    def activate(self) -> None:
        """Give it back."""
        self.active, self.frozen = True, False
        self.org.show_user(self)

    def freeze(self) -> None:
        """Stop the user from logging in; sessions they have live on."""
        self.frozen = True
        show_user_login(self)

    def unfreeze(self) -> None:
        """Let the user log in again."""
        self.frozen = False
        show_user_login(self)


@dataclass(slots=True, eq=False)
class App:
    """A connected app or External Client App, as one org has set it up.

    ``approved`` are the usernames that may use it: by permission set where permitted users are "admin_approved", by
    consent where they are "all_users"; None is everybody. An app that was deployed with ``permission_sets`` also admits
    whoever has one of them.

    ``refresh_policy`` says when refresh tokens end: never ("infinite"), ``refresh_days`` after their last use
    ("idle") or after the consent ("lifetime"), or at once ("immediate"). ``refresh_ip_ranges``, in CIDR notation, are
    the only addresses that may exchange codes and refresh tokens; empty means all.

    The private key is the client's, kept here for convenience; the org checks with the certificate.
    """

    name: str
    org: Org = field(repr=False)
    kind: AppKind
    client_id: str
    client_secret: str = field(repr=False)
    flows: set[str]
    run_as: User | None
    permitted_users: PermittedUsers
    scopes: frozenset[str]
    token_format: TokenFormat
    callback_urls: tuple[str, ...] = ()
    pkce_required: bool = True
    secret_required: bool = True
    rotates_refresh_tokens: bool = True
    refresh_policy: RefreshPolicy = "infinite"
    refresh_days: float = 30.0
    refresh_ip_ranges: tuple[str, ...] = ()
    session_minutes: float | None = None
    relax_ip: bool = False
    approved: set[str] | None = None
    permission_sets: tuple[str, ...] = ()
    installed: bool = True
    record_id: str = ""
    blocked: bool = False
    _keys: KeyPair | None = field(default=None, repr=False)
    _certificate: VerifyingKey | None = field(default=None, repr=False)

    @property
    def keys(self) -> KeyPair:
        """The client's key and the certificate that belongs to it."""
        if self._keys is None:
            self._keys = shared_key_pair()
        return self._keys

    @property
    def private_key_pem(self) -> str:
        """The client's private key: PKCS#8, unencrypted."""
        return self.keys.private_key_pem

    @property
    def private_key_file(self) -> str:
        """The path of a file that holds the private key; it is gone when the world ends."""
        return self.org.write_key_file(self)

    @property
    def certificate_pem(self) -> str:
        """The certificate the client would upload for its key."""
        return self.keys.certificate_pem

    @property
    def verifying_key(self) -> VerifyingKey:
        """What the org checks an assertion's signature with."""
        if self._certificate is None:
            self._certificate = self.keys.verifying_key
        return self._certificate

    def replace_certificate(self, certificate_pem: str | None = None) -> None:
        """Upload another certificate: assertions signed with the old key are refused from now on.

        Without ``certificate_pem`` a new key pair is generated, and `private_key_pem` is the new key.

        Raises ValueError for a text that is no RSA certificate.
        """
        if certificate_pem is not None:
            self._certificate = load_certificate(certificate_pem)
            return
        self._keys = new_key_pair()
        self._certificate = self._keys.verifying_key

    def rotate_secret(self) -> None:
        """Give the app another consumer secret. Its tokens are revoked, as when the change is applied in Setup."""
        self.client_secret = new_secret()
        self.org.sessions.end(app=self)

    def remove_run_as(self) -> None:
        """Clear the Run-As user of the Client Credentials flow; sessions it has live on."""
        self.run_as = None

    def change_run_as(self, user: User) -> None:
        """Name another Run-As user."""
        self.run_as = user

    def approve(self, user: User) -> None:
        """Let a user use the app: assign the permission set, or consent."""
        if self.approved is not None:
            self.approved.add(user.username.lower())

    def withdraw_approval(self, user: User) -> None:
        """Take that away again."""
        if self.approved is None:
            self.approved = set(self.org.users)
        self.approved.discard(user.username.lower())

    def summary(self) -> dict[str, Any]:
        """The app with its credentials."""
        return {
            "name": self.name,
            "kind": self.kind,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "private_key_file": self.private_key_file,
            "run_as": self.run_as.username if self.run_as else None,
        }

    def admits(self, user: User) -> bool:
        """Whether that user may use the app."""
        if self.approved is None or user.username.lower() in self.approved:
            return True
        return any(self.org.is_assigned(user, name) for name in self.permission_sets)

    def refreshes_from(self, address: str) -> bool:
        """Whether codes and refresh tokens may be exchanged from that IP address."""
        return not self.refresh_ip_ranges or _in_ranges(address, self.refresh_ip_ranges)

    def block(self) -> None:
        """Block the app, in Setup > Connected Apps OAuth Usage: its sessions end."""
        self.blocked = True
        self.org.sessions.end(app=self)

    def unblock(self) -> None:
        """Let it in again."""
        self.blocked = False

    def uninstall(self) -> None:
        """Uninstall the app: its sessions end."""
        self.installed = False
        self.org.sessions.end(app=self)

    def install(self) -> None:
        """Install it again."""
        self.installed = True

    def enable_flow(self, flow: Flow) -> None:
        """Switch an OAuth flow on."""
        self.flows.add(_checked(flow, Flow, "flow"))

    def disable_flow(self, flow: Flow) -> None:
        """Switch an OAuth flow off."""
        self.flows.discard(_checked(flow, Flow, "flow"))


class Org:
    """One org: its users and apps, its records, its switches, and the log of what it saw."""

    def __init__(
        self,
        name: str,
        clock: VirtualClock,
        *,
        kind: OrgKind = "production",
        new_url: Callable[[Org], str],
        write_key_file: Callable[[App], str],
    ) -> None:
        if not _ORG_NAME.fullmatch(name):
            raise ValueError(
                f"org name {name!r}: use 1 to 40 lower-case letters, digits and hyphens, as in a My Domain name"
            )
        self.name = name
        self.kind: OrgKind = _checked(kind, OrgKind, "kind")
        self.clock = clock
        self.policies = OrgPolicies()
        self.users: dict[str, User] = {}
        self.apps: dict[str, App] = {}
        self.faults = Faults()
        self.log = RequestLog()
        self.login_limit = LoginLimit(clock.now, _LOGINS_PER_HOUR, 3600.0)
        self.active = True
        self.write_key_file = write_key_file
        self.my_domain = f"{name}.{_DOMAINS[self.kind]}"
        self.login_host = "login.salesforce.com" if self.kind == "production" else "test.salesforce.com"
        self.instance_host = self.my_domain
        self._new_url = new_url
        self._refusals: dict[str, deque[str]] = {"token": deque(), "authorize": deque()}
        self._incarnation = itertools.count(1)
        self._begin()
        self.login_url = ""
        """The My Domain of this org, over plain http on loopback."""
        self.instance_url = ""
        """Where the API is, for clients that log in at `login_url`."""

    def __repr__(self) -> str:
        return f"Org({self.name!r}, {self.org_id!r})"

    def open(self) -> None:
        """Take an address of its own; nobody reaches the org before that."""
        self.login_url = self.instance_url = self._new_url(self)

    def _begin(self) -> None:
        """Start out as a fresh org: an id of its own, no sessions, no records but those of its users."""
        self.org_id = IdSequence(f"{self.name}.{self.kind}.{next(self._incarnation)}").take("00D")
        self.sessions = Sessions()
        self.consents = Consents()
        self.browsers = Browsers()
        self.api_requests = 0
        self.records = Records(self.clock, self.org_id)
        self._ids = IdSequence(self.org_id)
        DeployedApps(self).register(self.records.metadata)
        self.records.put("Organization", self.org_id, Name=self.name, IsSandbox=self.kind != "production")
        self._profile_id = self.records.new_id("00e")
        self.records.put("Profile", self._profile_id, Name="Standard User")

    # -- setting up -------------------------------------------------------------------------------------------------

    def create_user(
        self,
        username: str,
        *,
        name: str | None = None,
        email: str | None = None,
        password: str | None = None,
        security_token: str | None = None,
        active: bool = True,
        api_enabled: bool = True,
    ) -> User:
        """Add a user. Password and security token matter only where a policy lets password logins through.

        Raises ValueError for a username that is taken, or is not in the form of an email address.
        """
        if not re.fullmatch(r"[^@\s]+@[^@\s]+", username):
            raise ValueError(f"username {username!r}: a username has the form of an email address")
        if username.lower() in self.users:
            raise ValueError(f"username {username!r} is taken in org {self.name!r}")
        user = User(
            id=self._ids.take("005"),
            username=username,
            email=username if email is None else email,
            name=username.partition("@")[0] if name is None else name,
            org=self,
            password=password or secrets.token_urlsafe(12),
            security_token=security_token or secrets.token_urlsafe(18),
            active=active,
            api_enabled=api_enabled,
        )
        self.users[username.lower()] = user
        self.show_user(user)
        return user

    def show_user(self, user: User) -> None:
        """Bring the User and UserLogin records up to date."""
        about = {"LastName": user.name, "Email": user.email, "IsActive": user.active, "ProfileId": self._profile_id}
        self.records.put_user(user.id, user.username, **about)
        show_user_login(user)

    def create_app(
        self,
        name: str,
        *,
        kind: AppKind = "eca",
        flows: Iterable[Flow] = ("jwt_bearer", "client_credentials"),
        run_as: User | None = None,
        permitted_users: PermittedUsers = "admin_approved",
        scopes: Iterable[str] = ("api",),
        token_format: TokenFormat = "opaque",  # noqa: S107 - a format
        callback_urls: Iterable[str] = (),
        pkce_required: bool = True,
        secret_required: bool = True,
        rotates_refresh_tokens: bool = True,
        refresh_policy: RefreshPolicy = "infinite",
        refresh_days: float = 30.0,
        refresh_ip_ranges: Iterable[str] = (),
        session_minutes: float | None = None,
        relax_ip: bool = False,
        client_id: str | None = None,
        client_secret: str | None = None,
        private_key_pem: str | None = None,
        certificate_pem: str | None = None,
    ) -> App:
        """Add an app that every user of the org may use.

        ``run_as`` is the Run-As user of the Client Credentials flow; left out, it is the org's first user.
        ``client_id`` depends on the two names alone, so it is the same in every run; the secret is random unless
        given.

        Raises ValueError for a name or a consumer key that is taken, or a choice there is not.
        """
        _check_ranges("refresh_ip_ranges", refresh_ip_ranges := tuple(refresh_ip_ranges))
        app = App(
            name=name,
            org=self,
            kind=_checked(kind, AppKind, "kind"),
            client_id=client_id or _consumer_key(self.name, name),
            client_secret=client_secret or new_secret(),
            flows={_checked(flow, Flow, "flow") for flow in flows},
            run_as=run_as or next(iter(self.users.values()), None),
            permitted_users=_checked(permitted_users, PermittedUsers, "permitted_users"),
            scopes=frozenset(scopes),
            token_format=_checked(token_format, TokenFormat, "token_format"),
            callback_urls=tuple(callback_urls),
            pkce_required=pkce_required,
            secret_required=secret_required,
            rotates_refresh_tokens=rotates_refresh_tokens,
            refresh_policy=_checked(refresh_policy, RefreshPolicy, "refresh_policy"),
            refresh_days=refresh_days,
            refresh_ip_ranges=refresh_ip_ranges,
            session_minutes=session_minutes,
            relax_ip=relax_ip,
            _keys=load_key_pair(private_key_pem) if private_key_pem else None,
            record_id=self._ids.take("0xI" if kind == "eca" else "0H4"),
            _certificate=load_certificate(certificate_pem) if certificate_pem else None,
        )
        if app.client_id in self.apps:
            raise ValueError(f"org {self.name!r} already has an app {name!r} or consumer key {app.client_id!r}")
        self.apps[app.client_id] = app
        show_app(app)
        return app

    def put_permission_set(self, name: str, label: str = "") -> str:
        """Add a permission set, or relabel it; return its id."""
        found = self.permission_set_id(name) or self._ids.take("0PS")
        self.records.put("PermissionSet", found, Name=name, Label=label or name)
        return found

    def permission_set_id(self, name: str) -> str | None:
        """The id of the permission set of that name, or id."""
        rows = self.records.query("SELECT Id, Name FROM PermissionSet").records
        return next((str(row["Id"]) for row in rows if name in {row["Name"], row["Id"], str(row["Id"])[:15]}), None)

    def assign(self, user: User, permission_set: str) -> None:
        """Give a user a permission set.

        Raises ValueError where there is none of that name.
        """
        found = self.permission_set_id(permission_set)
        if found is None:
            raise ValueError(f"org {self.name!r} has no permission set {permission_set!r}")
        self.records.create("PermissionSetAssignment", {"PermissionSetId": found, "AssigneeId": user.id})

    def is_assigned(self, user: User, permission_set: str) -> bool:
        """Whether a user has the permission set of that name, or id."""
        found = self.permission_set_id(permission_set)
        soql = "SELECT Id FROM PermissionSetAssignment WHERE PermissionSetId = '{}' AND AssigneeId = '{}'"
        return found is not None and bool(self.records.query(soql.format(found, user.id)).records)

    # -- what an admin, or Salesforce, does ---------------------------------------------------------------------------

    def delete_app(self, app: App) -> None:
        """Remove an app: its consumer key is unknown from now on."""
        self.apps.pop(app.client_id, None)
        self.records.delete("ExternalClientApplication" if app.kind == "eca" else "ConnectedApplication", app.record_id)
        self.sessions.end(app=app)

    def expire_sessions(self, user: User | None = None, app: App | None = None) -> int:
        """End all sessions, or those of a user or an app, as if they had timed out; return how many."""
        return self.sessions.end(user=user, app=app)

    def revoke(self, what: User | App | str) -> int:
        """Revoke one token, or all access and refresh tokens of a user or an app; return how many."""
        if isinstance(what, str):
            held = self.consents.find(what)
            if held is not None:  # the consent, with all that came of it
                return self.sessions.end(family=held.family) + self.consents.end(family=held.family)
            return self.sessions.end(token=what)
        if isinstance(what, User):
            return self.sessions.end(user=what) + self.consents.end(user=what)
        return self.sessions.end(app=what) + self.consents.end(app=what)

    def suspend(self) -> None:
        """Lock the org: nobody logs in, no session works."""
        self.active = False
        self.sessions.end()

    def resume(self) -> None:
        """Unlock it."""
        self.active = True

    def refresh_sandbox(self) -> None:
        """Copy the sandbox anew: it has another org id, and its sessions and records are gone.

        Users, apps, keys and URLs stay, so that the same credentials log in to what is now another org.

        Raises ValueError for a production org.
        """
        if self.kind == "production":
            raise ValueError(f"org {self.name!r} is a production org; only sandboxes and scratch orgs are refreshed")
        self.sessions.end()
        self.records.close()
        self._begin()
        for user in self.users.values():
            user.id = self._ids.take("005")
            self.show_user(user)
        for app in self.apps.values():
            show_app(app)

    def move_instance(self, instance: str = "NA999", *, keeps_url: bool = False) -> None:
        """Move the org to another instance: its sessions end, and token answers name another instance URL.

        ``keeps_url=True`` is the move of an org with an enhanced My Domain, which keeps its URL.
        """
        self.sessions.end()
        if not keeps_url:
            self.instance_host = f"{instance.lower()}.salesforce.com"
            self.instance_url = self._new_url(self)

    def rate_limit_logins(self, limit: int | None, seconds: float = 3600.0) -> None:
        """Refuse a user's logins beyond ``limit`` in that time; None lifts the limit of 3,600 an hour."""
        self.login_limit = LoginLimit(self.clock.now, limit, seconds)

    def refuse_next(self, row_id: str, times: int = 1) -> None:
        """Answer the next requests at the row's endpoint with that row of the error table, whatever they hold.

        Raises ValueError for a row there is not.
        """
        row = _row(row_id)
        self._refusals[row.surface].extend([row.id] * times)

    def next_refusal(self, endpoint: str) -> str | None:
        """The row that the request at hand is to be refused with."""
        try:
            return self._refusals[endpoint].popleft()
        except (KeyError, IndexError):
            return None

    def provoke(self, row_id: str, app: App) -> None:
        """Put the org in the state in which a client of ``app`` is refused with that row of the error table.

        Raises ValueError for a row there is not.
        """
        _row(row_id).provoke(Scene(self, app))

    # -- what it saw --------------------------------------------------------------------------------------------------

    @property
    def token_requests(self) -> int:
        """How many requests the token endpoint got."""
        return self.log.total("token")

    def count(self, **wanted: object) -> int:
        """How many requests were like that: ``count(endpoint="token", status=400)``; see `RequestLog.count`."""
        return self.log.count(**wanted)

    def clear_log(self) -> None:
        """Forget all requests."""
        self.log.clear()

    def summary(self) -> dict[str, Any]:
        """The org with its users and apps, secrets included: what a client needs to be set up."""
        return {
            "name": self.name,
            "kind": self.kind,
            "org_id": self.org_id,
            "my_domain": self.my_domain,
            "login_url": self.login_url,
            "users": [user.username for user in self.users.values()],
            "apps": [app.summary() for app in self.apps.values()],
        }

    def user(self, username: str) -> User | None:
        """The user of that name, whatever its case."""
        return self.users.get(username.lower())

    def app(self, name: str) -> App | None:
        """The app of that name or consumer key."""
        return self.apps.get(name) or next((app for app in self.apps.values() if app.name == name), None)


def new_secret() -> str:
    """A consumer secret: 64 hexadecimal digits."""
    return secrets.token_hex(32).upper()


def _consumer_key(*names: str) -> str:
    digest = hashlib.sha512("/".join(names).encode()).digest()
    return "3MVG9" + base64.urlsafe_b64encode(digest[:60]).decode().replace("-", ".")


def _checked(value: Any, choices: Any, what: str) -> Any:
    if value not in get_args(choices):
        raise ValueError(f"{what} {value!r}: choose of {', '.join(get_args(choices))}")
    return value


def _check_ranges(name: str, ranges: Iterable[str]) -> None:
    for text in ranges:
        try:
            ipaddress.ip_network(text)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None


def _in_ranges(address: str, ranges: Iterable[str]) -> bool:
    return any(ipaddress.ip_address(address) in each for each in map(ipaddress.ip_network, ranges))


def _row(row_id: str) -> Row:
    if row_id not in ROWS:
        raise ValueError(f"no row {row_id!r} in the error table: choose of {', '.join(sorted(ROWS))}")
    return ROWS[row_id]
