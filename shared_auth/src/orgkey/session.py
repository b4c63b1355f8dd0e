"""OrgSession: the one object that holds the current token of one org and user, and renews it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from orgkey import endpoint, forks, observers
from orgkey.carriers import HTTPSettings
from orgkey.clock import SYSTEM_CLOCK, Clock
from orgkey.cooldown import Cooldown
from orgkey.diagnosis import Evidence, diagnose
from orgkey.errors import (
    ConfigError,
    CoolingDown,
    MissingScope,
    OrgChanged,
    RefreshInProgress,
    TokenRequestError,
    UntrustedHost,
    UserChanged,
)
from orgkey.events import Event, EventKind
from orgkey.flight import Flight, FlightUnderWay
from orgkey.lifetime import FRESH_FOR, Lifetime, Phase
from orgkey.org import HostRules, Origin
from orgkey.replay import run_exchange
from orgkey.secrets import Secret
from orgkey.sender import shared_sender
from orgkey.token import Token, jwt_expiry, token_format

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from orgkey.causes import Diagnosis
    from orgkey.grants.base import Grant
    from orgkey.wire import Request

__all__ = ["OrgSession", "SessionOptions"]

T = TypeVar("T")

_MOST_PEOPLE: Final = 1_000
_ASK_AGAIN: Final = 1.0  # seconds, for a caller that waited long enough


def _hosts(given: str | Iterable[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _words(given: str | Iterable[str]) -> frozenset[str]:
    return frozenset(given.split() if isinstance(given, str) else given)


@dataclass(frozen=True, slots=True)
class SessionOptions:
    """What an :class:`OrgSession` is told besides its grant and login URL.

    Attributes
    ----------
    required_scopes:
        Scopes without which a token is refused (:class:`~orgkey.errors.MissingScope`).
    session_timeout:
        The org's session timeout in seconds, where it is known: the session is then renewed shortly before its end.
        Without it a rejection is what tells.
    trusted_hosts:
        Hosts outside Salesforce's domains that may be sent a token: a gateway of your own.
    allow_loopback_http:
        Permit plain http to this machine: for a local test org.
    accept_new_org, accept_new_user:
        Accept that a renewal answers for another org (a refreshed sandbox) or user (a changed Run-As user).
    http:
        How token requests are sent.
    attempts:
        How often a token request that fails in passing is made, with full jitter in between.
    wait:
        How long a caller waits for a renewal, in seconds, before :class:`~orgkey.errors.RefreshInProgress`; the
        renewal goes on. None waits for its end.

    """

    required_scopes: frozenset[str] = frozenset()
    session_timeout: float | None = None
    trusted_hosts: tuple[str, ...] = ()
    allow_loopback_http: bool = False
    accept_new_org: bool = False
    accept_new_user: bool = False
    http: HTTPSettings = field(default_factory=HTTPSettings)
    attempts: int = 3
    wait: float | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "required_scopes", _words(self.required_scopes))
        object.__setattr__(self, "trusted_hosts", _hosts(self.trusted_hosts))
        if self.session_timeout is not None and self.session_timeout <= 0:
            raise ConfigError(f"session_timeout is {self.session_timeout}; it takes the org's timeout in seconds.")
        if self.attempts < 1:
            raise ConfigError(f"attempts is {self.attempts}; a token request is made at least once.")

    @property
    def host_rules(self) -> HostRules:
        """Which hosts may be sent a token."""
        return HostRules(self.trusted_hosts, self.allow_loopback_http)


class _PinnedOrg:
    """The org that the first login answered for: one for a session and all that it opened for other people."""

    __slots__ = ("id",)

    def __init__(self) -> None:
        self.id = ""


class OrgSession:
    """The session of one org and user.

    Safe for threads and tasks at once, and after a fork. Whoever needs a token calls :meth:`token`; whoever had one
    rejected calls :meth:`renew` with the token **that was sent**. However many do, one token request is made.

    ``login_note`` is what whoever reads a failure should know of the login URL: that nobody set it.

    Raises :class:`~orgkey.errors.ConfigError` where the grant cannot work at ``login_url``, or no token may go there.
    """

    __slots__ = (
        "__weakref__",
        "_clock",
        "_cooldown",
        "_current",
        "_flight",
        "_forks",
        "_former",
        "_generation",
        "_lock",
        "_noted",
        "_org",
        "_people",
        "_place",
        "_proven",
        "_recipe",
        "_sender",
        "_user_id",
        "grant",
        "login",
        "login_note",
        "options",
    )

    def __init__(
        self,
        grant: Grant,
        login_url: str,
        options: SessionOptions | None = None,
        *,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        options = options or SessionOptions()
        self.grant = grant
        self.login = _login_origin(grant, login_url, options.host_rules)
        self.login_note = ""
        self.options = options
        self._clock = clock
        self._sender = shared_sender(options.http, clock)
        self._lock = threading.Lock()
        self._forks = forks.count()
        self._current: Token | None = None
        self._flight: Flight[Token] | None = None
        self._cooldown = Cooldown()
        self._generation = 0
        self._proven = 0
        self._noted = 0
        self._org = _PinnedOrg()
        self._user_id = ""
        self._place: Origin | None = None
        self._former: frozenset[Origin] = frozenset()
        self._people: OrderedDict[str, OrgSession] | None = None
        self._recipe: Callable[[], OrgSession] | None = None

    # --- the token --------------------------------------------------------------------------------------------------

    @property
    def current(self) -> Token | None:
        """The token to send now; None where one must be obtained first.

        Near the modelled end of the session it starts a renewal and still gives the old token, which is good until
        Salesforce says otherwise.
        """
        return self._usable(self._current)

    def _usable(self, token: Token | None) -> Token | None:
        """``token``, unless there is none or it needs a successor first."""
        if token is None or token.lifetime is None:
            return token
        now = self._clock.monotonic()
        phase = token.lifetime.phase(now)
        if phase is Phase.ENDING:
            self._renew_behind(token)
        # The model may be wrong: while no other token is to be had, Salesforce may decide about this one.
        return None if phase is Phase.ENDED and self._cooldown.refusal(now) is None else token

    def token(self) -> Token:
        """A token to send: the current one, or the first one, obtained now.

        Raises :class:`~orgkey.errors.TokenRequestError` with its diagnosis.
        """
        seen = self._current
        token = self._usable(seen)
        if token is not None:
            return token
        return self._waited(self._newer_than(seen))

    async def atoken(self) -> Token:
        """As :meth:`token`, for a task."""
        seen = self._current
        token = self._usable(seen)
        if token is not None:
            return token
        return await self._awaited(self._newer_than(seen))

    def renew(self, stale: Token | Secret | str) -> Token:
        """A newer token than ``stale``, the one that was sent and rejected.

        If somebody renewed in the meantime that token is returned and no request is made. While a renewal is under way
        its result is waited for. In a cool-down the failure that caused it is raised at once.
        """
        stale = _wrapped(stale)  # bound anew: a failure's frames hold no plain token
        return self._waited(self._newer_than(stale, rejected=True))

    async def arenew(self, stale: Token | Secret | str) -> Token:
        """As :meth:`renew`, for a task. Cancelling the task does not cancel the renewal."""
        stale = _wrapped(stale)
        return await self._awaited(self._newer_than(stale, rejected=True))

    @property
    def instance_url(self) -> str:
        """The org's API host, as the last token answer named it; logs in if none did yet."""
        return self.token().instance_url

    @property
    def login_url(self) -> str:
        """The host that tokens are requested at."""
        return str(self.login)

    @property
    def failure(self) -> TokenRequestError | None:
        """The failure that no success has followed yet; None where all is well."""
        return self._cooldown.error

    # --- what calls report ------------------------------------------------------------------------------------------

    def accepted(self, token: Token) -> None:
        """A call with ``token`` got through: the token is good, and the session's window may slide."""
        if token.generation > self._noted:
            self._note(token)
        if token.lifetime is not None:
            token.lifetime.touch(self._clock.monotonic())

    def _note(self, token: Token) -> None:
        with self._guard:
            self._noted = max(self._noted, token.generation)
            if token.generation > self._proven:
                self._proven = token.generation
                if isinstance(self._cooldown.error, CoolingDown):
                    self._cooldown.end()

    def was_used(self) -> bool:
        """Whether a call got through since this was last asked: for whoever writes down the use of many sessions."""
        with self._guard:
            noted, self._noted = self._noted, 0
        return noted > 0

    def rejected(self, token: Token) -> Diagnosis:
        """``token``, just obtained in place of a rejected one, was rejected as well: no third one follows at once."""
        with self._guard:
            distrust = self._distrust() if self._is_suspicious(token) else None
        if distrust is None:
            return diagnose(Evidence(surface="local", error="SESSION_EXPIRED"))
        self._tell_of_cooling(distrust)
        return distrust.diagnosis

    def serves(self, place: tuple[str, str, int]) -> bool:
        """Whether ``place`` (scheme, host, port) is this org's login host, where identity requests go."""
        return place == self.login

    def has_left(self, place: tuple[str, str, int]) -> bool:
        """Whether the org's API was at ``place`` before it moved."""
        return place in self._former

    # --- other things a session can be asked --------------------------------------------------------------------------

    def as_user(self, username: str) -> OrgSession:
        """The session of another person in the same org, so that Salesforce's own permissions decide what he sees.

        The same username gives the same session. JWT Bearer only; raises :class:`~orgkey.errors.ConfigError` otherwise.
        """
        with self._guard:
            if self._people is None:
                self._people = OrderedDict()
            people = self._people
            if username in people:
                people.move_to_end(username)
                return people[username]
        session = OrgSession(self.grant.acting_as(username), self.login_url, self.options, clock=self._clock)
        session.login_note = self.login_note
        session._org = self._org  # whoever logs in first says for all of them which org it is
        with self._guard:
            session = people.setdefault(username, session)
            if len(people) > _MOST_PEOPLE:
                people.popitem(last=False)
        return session

    def userinfo(self) -> dict[str, Any]:
        """Who acts: ``user_id``, ``organization_id``, ``preferred_username`` ... (OpenID Connect Core section 5.3)."""
        call = _WireCall(endpoint.userinfo_request(self.token().instance))
        answer, _ = run_exchange(self, call, lambda: self._sender.send(call.request))
        return endpoint.read_userinfo(answer, self.grant, self.login)

    async def auserinfo(self) -> dict[str, Any]:
        """As :meth:`userinfo`, for a task."""
        return await _on_a_thread(self.userinfo)

    def introspect(self) -> dict[str, Any]:
        """What Salesforce says of the current token (RFC 7662 section 2.2): ``active``, ``exp``, ``scope`` ...

        The app must be permitted to introspect its tokens. Raises :class:`~orgkey.errors.TokenRequestError`.
        """
        request = endpoint.introspect_request(self.token().value, self.grant, self.login)
        return endpoint.read_introspection(self._sender.send(request), self.grant, self.login)

    async def aintrospect(self) -> dict[str, Any]:
        """As :meth:`introspect`, for a task."""
        return await _on_a_thread(self.introspect)

    def revoke(self) -> None:
        """End the current token at Salesforce (RFC 7009), for everybody who holds it; the next call logs in anew."""
        token = self._current
        if token is None:
            return
        answer = self._sender.send(endpoint.revoke_request(token.value, self.login))
        endpoint.read_revocation(answer, self.grant, self.login)
        with self._guard:
            self._drop(token)

    async def arevoke(self) -> None:
        """As :meth:`revoke`, for a task."""
        await _on_a_thread(self.revoke)

    def stop(self, error: TokenRequestError) -> None:
        """Send the token no more: ``error`` is what callers get until the cool-down ends, or :meth:`reset`."""
        with self._guard:
            self._current = None
            self._cooldown.start(error, self._clock.monotonic())

    def reset(self, *, accept_new_org: bool = False, accept_new_user: bool = False) -> None:
        """Forget the token and end a cool-down: somebody has mended what was wrong.

        ``accept_new_org`` and ``accept_new_user`` accept, this once, that the next login answers for another org or
        user than the first one did.
        """
        with self._guard:
            self._cooldown.end()
            self._current = None
            if accept_new_org:
                self._org.id = ""
            if accept_new_org or accept_new_user:
                self._user_id = ""

    # --- renewal ----------------------------------------------------------------------------------------------------

    def _newer_than(self, stale: Token | Secret | None, *, rejected: bool = False) -> Token | Flight[Token]:
        """The current token where it is not ``stale``, else the flight that brings the next one."""
        with self._guard:
            current = self._current
            if current is not None and (stale is None or not current.same_as(stale)):
                return current
            joined = self._flight is not None
            refusal = None if joined else self._refusal(current if rejected else None)
            if refusal is None:
                flight = self._flight = self._flight or Flight()
                if rejected:
                    # Nobody else should send a token that is known to be dead.
                    self._current = None
        if refusal is not None:
            if refusal is self._cooldown.error:
                self._tell_of_cooling(refusal)
            raise refusal
        if joined:
            self._tell(EventKind.JOINED)
        else:
            flight.launch(lambda: self._fly(rejected=rejected))
        return flight

    def _waited(self, found: Token | Flight[Token]) -> Token:
        if not isinstance(found, Flight):
            return found
        try:
            return found.wait(self.options.wait)
        except FlightUnderWay:
            raise self._in_progress() from None

    async def _awaited(self, found: Token | Flight[Token]) -> Token:
        if not isinstance(found, Flight):
            return found
        try:
            return await found.wait_async(self.options.wait)
        except FlightUnderWay:
            raise self._in_progress() from None

    def _in_progress(self) -> RefreshInProgress:
        fact = f"waited {self.options.wait:g} s; the renewal goes on"
        return RefreshInProgress(self._diagnose_local("RENEWAL_UNDER_WAY", fact), retry_after=_ASK_AGAIN)

    def _renew_behind(self, token: Token) -> None:
        """Start a renewal for which nobody waits, unless there is one or a cool-down."""
        if self._flight is None and self._cooldown.refusal(self._clock.monotonic()) is None:
            with suppress(TokenRequestError):  # a cool-down that began this very moment
                self._newer_than(token)

    def _refusal(self, rejected: Token | None) -> TokenRequestError | None:
        """What a caller gets instead of a token request: in a cool-down, or where ``rejected`` begins one."""
        refusal = self._cooldown.refusal(self._clock.monotonic())
        if refusal is None and rejected is not None and self._is_suspicious(rejected):
            return self._distrust()
        return refusal

    def _is_suspicious(self, token: Token) -> bool:
        """Whether ``token``'s rejection cannot be an expiry: it was fresh, replaced another, and never worked."""
        return (
            token is self._current
            and token.replaced
            and token.generation > self._proven
            and self._clock.monotonic() - token.obtained_at < FRESH_FOR
        )

    def _distrust(self) -> CoolingDown:
        error = CoolingDown(diagnose(Evidence(surface="local", error="FRESH_TOKEN_REJECTED", grant=self.grant.name)))
        self._current = None
        error.retry_after = self._cooldown.start(error, self._clock.monotonic())
        return error

    def _fly(self, *, rejected: bool) -> Token:
        """On the flight's own thread: obtain a token, and make it, or the failure, known."""
        try:
            token = self._obtain(replaced=rejected or isinstance(self._cooldown.error, CoolingDown))
        except BaseException as error:
            with self._guard:
                self._flight = None
                if isinstance(error, TokenRequestError):
                    error.retry_after = self._cooldown.start(error, self._clock.monotonic())
            if isinstance(error, TokenRequestError):
                self._tell_of_cooling(error)
            raise
        with self._guard:
            self._flight = None
            if self._place not in {None, token.instance}:
                self._former |= {self._place}
            self._place = token.instance
            self._current = token
            if not isinstance(self._cooldown.error, CoolingDown):
                self._cooldown.end()
        return token

    def _obtain(self, *, replaced: bool) -> Token:
        from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

        generation = self._generation + 1
        retrying = Retrying(
            stop=stop_after_attempt(self.options.attempts),
            wait=wait_random_exponential(multiplier=0.5, max=8),  # full jitter
            retry=retry_if_exception(lambda error: isinstance(error, TokenRequestError) and not error.permanent),
            sleep=self._clock.sleep,
            reraise=True,
        )
        answer = retrying(lambda: self._request_once(generation, retrying.statistics["attempt_number"]))
        self._check(answer)
        self._generation = generation
        return self._snapshot(answer, generation, replaced=replaced)

    def _request_once(self, generation: int, attempt: int) -> endpoint.TokenAnswer:
        started = self._clock.monotonic()
        self._tell(EventKind.REQUESTED, generation=generation, attempt=attempt)
        try:
            answer = self.request_token()
        except TokenRequestError as error:
            if self.login_note:
                error.diagnosis = replace(error.diagnosis, evidence=(*error.diagnosis.evidence, self.login_note))
            seconds = self._clock.monotonic() - started
            cause = error.diagnosis.cause.id
            self._tell(EventKind.FAILED, generation=generation, attempt=attempt, seconds=seconds, cause=cause)
            raise
        seconds = self._clock.monotonic() - started
        self._tell(EventKind.RENEWED, generation=generation, attempt=attempt, seconds=seconds)
        return answer

    def request_token(self) -> endpoint.TokenAnswer:
        """Make one token request, on the renewal's own thread. For nobody to call.

        A session whose tokens come about in another way (``orgkey-tenants``, whose refresh tokens rotate) overrides
        this. Raises :class:`~orgkey.errors.TokenRequestError`.
        """
        request = self.grant.token_request(self.login, self._clock.now())
        return endpoint.read_token(self._sender.send(request), self.grant, self.login, self.options.host_rules)

    def _check(self, answer: endpoint.TokenAnswer) -> None:
        """Refuse a token that lacks a scope or is somebody else's; pin whose it is at the first login."""
        missing = self.options.required_scopes - answer.scope
        if missing:
            fact = f"missing: {' '.join(sorted(missing))}; granted: {' '.join(sorted(answer.scope)) or 'not said'}"
            raise MissingScope(self._diagnose_local("MISSING_SCOPE", fact))
        org, user = self._org.id, self._user_id
        if org and org != answer.org_id and not self.options.accept_new_org:
            raise OrgChanged(self._diagnose_local("ORG_CHANGED", f"was {org}, now {answer.org_id}"))
        # Another org has other users.
        if org == answer.org_id and user and user != answer.user_id and not self.options.accept_new_user:
            raise UserChanged(self._diagnose_local("USER_CHANGED", f"was {user}, now {answer.user_id}"))
        self._org.id, self._user_id = answer.org_id, answer.user_id

    def _diagnose_local(self, cause: str, fact: str) -> Diagnosis:
        evidence = Evidence(
            surface="local", error=cause, grant=self.grant.name, login_host=self.login.host, facts=(fact,)
        )
        return diagnose(evidence)

    def _snapshot(self, answer: endpoint.TokenAnswer, generation: int, *, replaced: bool) -> Token:
        obtained_at = self._clock.monotonic()
        issued_at = self._clock.now() if answer.issued_at is None else answer.issued_at
        is_jwt = token_format(answer.access_token) == "jwt"
        expires_at = jwt_expiry(answer.access_token) if is_jwt else None
        lifetime = None
        if expires_at is not None and expires_at > issued_at:
            # By the server's own clock, so that a wrong one here does not end a token early.
            lifetime = Lifetime(obtained_at, ends_at=obtained_at + expires_at - issued_at)
        elif self.options.session_timeout is not None and not is_jwt:
            lifetime = Lifetime(obtained_at, timeout=self.options.session_timeout)
        return Token(
            value=answer.access_token,
            instance=answer.instance,
            generation=generation,
            issued_at=issued_at,
            obtained_at=obtained_at,
            scope=answer.scope,
            org_id=answer.org_id,
            user_id=answer.user_id,
            identity_url=answer.identity_url,
            expires_at=expires_at,
            replaced=replaced,
            lifetime=lifetime,
        )

    def _drop(self, token: Token) -> None:
        if self._current is token:
            self._current = None

    @property
    def _guard(self) -> threading.Lock:
        """The lock over all that changes. It is held for a few lines at a time, never during I/O."""
        if self._forks != forks.count():
            with forks.lock():
                if self._forks != forks.count():
                    # In a forked child. No thread of the parent's came along: its flight never lands, and its lock may
                    # be held for ever.
                    self._lock, self._flight = threading.Lock(), None
                    self._forks = forks.count()
        return self._lock

    def _tell_of_cooling(self, error: TokenRequestError) -> None:
        self._tell(EventKind.COOLING, seconds=error.retry_after, cause=error.diagnosis.cause.id)

    def _tell(self, kind: EventKind, **facts: Any) -> None:
        """Tell observers. Never called with the lock held: an observer may ask this very session for a token."""
        facts.setdefault("generation", self._generation)
        event = Event(kind, self.login.host, self.grant.client_id, self.grant.username or "", self.grant.name, **facts)
        observers.notify(event)

    def remember_recipe(self, recipe: Callable[[], OrgSession]) -> None:
        """Let the session be pickled: unpickling calls ``recipe``, which must be picklable and hold no secret."""
        self._recipe = recipe

    # --- what frameworks do with objects ------------------------------------------------------------------------------

    def __copy__(self) -> OrgSession:
        return self

    def __deepcopy__(self, memo: object) -> OrgSession:
        return self

    def __reduce__(self) -> tuple[object, ...]:
        if self._recipe is None:
            msg = (
                "This session was built from credentials in the program, which are not pickled. "
                "Configure it by environment or profile (orgkey.connect), and it reconnects in the other process."
            )
            raise TypeError(msg)
        return (_reconnect, (self._recipe,))

    def __repr__(self) -> str:
        who = f" as {self.grant.username}" if self.grant.username else ""
        return f"<OrgSession {self.grant.name} at {self.login_url}{who}, generation {self._generation}>"


def _reconnect(recipe: Callable[[], OrgSession]) -> OrgSession:
    return recipe()


def _wrapped(token: Token | Secret | str) -> Token | Secret:
    return Secret(token) if isinstance(token, str) else token


async def _on_a_thread(work: Callable[[], T]) -> T:
    from asyncio import to_thread

    return await to_thread(work)


def _login_origin(grant: Grant, login_url: str, rules: HostRules) -> Origin:
    try:
        login = rules.origin(login_url, "The login URL (SALESFORCE_LOGIN_URL)")
    except UntrustedHost as error:
        raise ConfigError(str(error)) from None
    problems = grant.problems(login)
    if problems:
        raise ConfigError(problems)
    return login


class _WireCall:
    """A request to an OAuth endpoint, as an exchange sees it."""

    __slots__ = ("request",)

    def __init__(self, request: Request) -> None:
        self.request = request

    @property
    def place(self) -> Origin:
        return self.request.origin

    @property
    def path(self) -> str:
        return self.request.path

    def move_to(self, place: Origin) -> None:
        self.request = replace(self.request, origin=place)

    def has_header(self, name: str) -> bool:
        return name in self.request.headers

    def set_header(self, name: str, value: str) -> None:
        self.request = replace(self.request, headers={**self.request.headers, name: Secret(value)})

    def body(self) -> bytes | None:
        return None

    def set_body(self, body: bytes) -> None:
        raise NotImplementedError

    def rewind(self) -> bool:
        return True
