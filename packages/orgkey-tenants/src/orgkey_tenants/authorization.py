"""Consent: where an org's administrator is sent, and what is believed of the answer that comes back.

A consent begins with a state, a PKCE verifier and a browser cookie, each random and good once. The answer counts only
where all of them fit: the state finds the consent and takes it out of the store, so a second answer finds nothing; the
cookie shows that it is the browser which was sent; the verifier, which never left this side, opens the code. What the
token endpoint then says (org, host, scopes) is checked before anything is kept.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
import shlex
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Final, final
from urllib.parse import urlsplit

import orgkey
from orgkey.endpoint import read_callback, read_token, revoke_request
from orgkey.grants import AuthorizationCode, AuthorizationRequest, new_secret
from orgkey_tenants import failed_consents
from orgkey_tenants.errors import (
    KeyServiceUnavailable,
    OtherOrg,
    SealBroken,
    StoreUnavailable,
    TenantsError,
    UnknownTenant,
)
from orgkey_tenants.record import Audit, Authorization, State, TenantRecord, moved, read_org_id, require_id
from orgkey_tenants.revocation import CONSENTED, TO_BE_REVOKED, revoke_former
from orgkey_tenants.steps import Tell
from orgkey_tenants.terms import CONSENT, renaming, told_of_tenant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from orgkey.endpoint import Callback, TokenAnswer
    from orgkey_tenants.steps import Ports

__all__ = ["AuthorizationRefused", "AuthorizationURL", "Consent"]

GOOD_FOR: Final = 900.0
"""How long an administrator has for the consent, in seconds: as long as Salesforce's own code is good."""

_KIND: Final = "code_verifier"
_OFFLINE: Final = frozenset({"refresh_token", "offline_access"})
_STORE_TRIES: Final = 8
_START_AGAIN: Final = "Start the authorization again, and finish it once, in the same browser, within 15 minutes."


class AuthorizationRefused(TenantsError):
    """A callback is not believed: nobody here asked for it, it came before, or from another browser or address.

    ``reason`` says which, in one word: ``state``, ``address``, ``browser``, ``issuer``, ``refresh_token``, ``tenant``.
    """

    def __init__(self, reason: str, message: str) -> None:
        self.reason = reason
        super().__init__(message)


@final
class AuthorizationURL(str):
    """Where to send the administrator's browser: a text, with what belongs to it.

    Attributes
    ----------
    browser_cookie:
        Set this as a cookie in that browser (Secure, HttpOnly, SameSite=Lax), and hand it to
        ``complete_authorization`` when the browser comes back with it.
    tenant:
        Whose consent it asks for.
    expires_at:
        Until when it is answered, in seconds since the epoch.

    """

    __slots__ = ("browser_cookie", "expires_at", "tenant")

    browser_cookie: orgkey.Secret
    tenant: str
    expires_at: float


class Consent:
    """Starts and completes consents of one app.

    Attributes
    ----------
    client_id:
        The app's consumer key. Its secret is among the ports; without one the app is a public client.
    redirect_uri:
        The callback URL, character for character as the app has it, without a query.
    scopes:
        What is asked for, and must be granted; ``refresh_token`` is always among it.
    owner:
        Who did it, in the audit trail, where nobody else is named.
    completed:
        Called with the record after each consent, in the thread that completed it.

    Raises :class:`orgkey.ConfigError` for a redirect URI that cannot be safe.

    """

    def __init__(
        self,
        ports: Ports,
        *,
        client_id: str,
        redirect_uri: str,
        scopes: Iterable[str] = ("api",),
        owner: str = "",
        completed: Callable[[TenantRecord], None] | None = None,
    ) -> None:
        if "?" in redirect_uri:
            raise orgkey.ConfigError(
                f"redirect_uri (ORGKEY_CLIENT_REDIRECT_URI) {redirect_uri!r} has a query. The answer adds its own; "
                "what you want to remember of a login is kept with its state."
            )
        try:
            _ = urlsplit(redirect_uri).port
        except ValueError as error:
            raise orgkey.ConfigError(
                f"redirect_uri (ORGKEY_CLIENT_REDIRECT_URI) {redirect_uri!r} is no URL: {error}. It is the app's "
                "callback URL to the letter, such as https://your-product.example/salesforce/callback."
            ) from None
        self.client_id = client_id
        self.redirect_uri = redirect_uri
        self.scopes = frozenset(scopes) | {"refresh_token"}
        self._ports = ports
        self._owner = owner
        self._completed = completed
        with renaming(CONSENT):
            self._request(orgkey.Secret("state"), new_secret())  # say now what is wrong with the settings

    # --- out -------------------------------------------------------------------------------------------------------

    def start(
        self,
        tenant: str,
        login_url: str = "",
        *,
        org_id: str = "",
        scopes: Iterable[str] = (),
        login_hint: str = "",
        prompt: str = "login consent",
        by: str = "",
    ) -> AuthorizationURL:
        """Ask for a consent; the tenant is created where there is none.

        ``login_url`` is the org's My Domain, or https://login.salesforce.com where that is not known yet; left out, it
        is the one of the last consent. ``org_id`` is the org whose consent it takes, where that is known: an
        administrator of another one is refused, at the first consent too. ``scopes`` are asked for besides the app's
        own. ``prompt`` makes Salesforce ask for login and consent even where a browser is logged in: it may be somebody
        else's. ``by`` says who asks, for the audit trail.

        Raises :class:`orgkey.ConfigError` for a login URL to which no secret may go, and for an id that is none,
        :class:`AuthorizationRefused` for a suspended tenant, :class:`~orgkey_tenants.OtherOrg` where another org has
        consented, and :class:`~orgkey_tenants.StoreUnavailable`.
        """
        ports, by = self._ports, by or self._owner
        record = self._tenant(tenant, login_url, read_org_id(org_id), by)
        login = ports.login(login_url or record.login_url, tenant)
        state, verifier, cookie = new_secret(), new_secret(), new_secret()
        wanted = self.scopes | frozenset(scopes)
        request = self._request(state, verifier, wanted, login_hint, prompt)
        key = ports.sealer.newest(tenant)
        family = secrets.token_hex(16)
        expires_at = ports.store.now() + GOOD_FOR
        ports.store.put_authorization(
            Authorization(
                state_hash=_hash(state),
                tenant=tenant,
                browser_hash=_hash(cookie),
                family=family,
                sealed=ports.sealer.seal(key, verifier, kind=_KIND, family=family),
                dek_version=key.version,
                login_url=str(login),
                redirect_uri=self.redirect_uri,
                scope=" ".join(sorted(wanted)),
                expires_at=expires_at,
                created_by=by,
            )
        )
        url = AuthorizationURL(request.url(login))
        url.browser_cookie, url.tenant, url.expires_at = cookie, tenant, expires_at
        return url

    def _tenant(self, tenant: str, login_url: str, org_id: str, by: str) -> TenantRecord:
        """The tenant's record, in a state that a consent may follow, and with the org that is expected."""
        require_id(tenant)
        store = self._ports.store
        while True:
            reading = store.read(tenant)
            if reading is None:
                if not login_url:
                    raise UnknownTenant(tenant)
                self._ports.login(login_url, tenant)
                now = store.now()
                record = TenantRecord(
                    tenant=tenant,
                    login_url=login_url,
                    client_id=self.client_id,
                    org_id=org_id,
                    cause="ADDED",
                    created_at=now,
                    changed_at=now,
                    changed_by=by,
                    epoch=store.epoch(),
                )
                store.create(record, Audit.of(record, "created", by=by, at=now))
                continue
            found = reading.record
            self._require_consentable(found)
            if found.state is State.FORGOTTEN:
                # The customer is back: the org may be another one.
                anew = moved(found, State.PENDING, cause="CONSENT_STARTED", by=by, at=reading.now)
                anew = replace(anew, org_id=org_id, user_id="", grant="authorization_code", audience="")
                anew = replace(anew, client_id=self.client_id, login_url=login_url or anew.login_url)
                event = "consent_started"
            elif org_id in {"", found.org_id}:
                return found
            elif found.family:
                raise OtherOrg(
                    f"Tenant {tenant!r} is org {found.org_id}; a consent of org {org_id} was asked for. Nothing was "
                    "changed. For another org add another tenant, or forget this one first."
                )
            else:
                anew, event = replace(found, org_id=org_id), "org_expected"  # nobody has consented yet
            store.swap(anew, Audit.of(anew, event, by=by, at=reading.now), version=found.version)

    def _require_consentable(self, record: TenantRecord) -> None:
        if record.state is State.SUSPENDED:
            message = (
                f"Tenant {record.tenant!r} is suspended, which a consent does not end. `orgkey tenants resume "
                f"{shlex.quote(record.tenant)}` does (tenants.resume in Python)."
            )
            raise AuthorizationRefused("tenant", message)
        if record.state is not State.FORGOTTEN and not record.rotates:
            message = (
                f"Tenant {record.tenant!r} has a key or secret of its own ({record.grant}), which a consent would "
                "overwrite. Forget it first, or connect the org as another tenant."
            )
            raise AuthorizationRefused("tenant", message)

    # --- and back --------------------------------------------------------------------------------------------------

    def complete(
        self,
        callback_url: str | orgkey.Secret,
        *,
        browser_cookie: str | orgkey.Secret | None = None,
        unbound_browser: bool = False,
        by: str = "",
    ) -> TenantRecord:
        """Exchange the code in ``callback_url``, the whole URL that the browser came with, and keep the refresh token.

        ``browser_cookie`` is the cookie that ``start`` gave; without it anybody who was sent the link could finish the
        login of somebody else, so leaving it out takes ``unbound_browser=True``. Returns the record as it is stored.

        The grant that it replaces is revoked at Salesforce once the new one is stored. The audit trail says that it is
        to be (FORMER_TO_BE_REVOKED) and what came of that (``former_revoked``, ``former_not_revoked``, or
        ``former_not_found`` where Salesforce knew no such token); the new one counts in any case.

        Raises :class:`AuthorizationRefused`, :class:`~orgkey_tenants.OtherOrg`, :class:`orgkey.MissingScope`,
        :class:`orgkey.TokenRequestError` with the cause where Salesforce refuses, and
        :class:`~orgkey_tenants.StoreUnavailable`. After any of them the consent is used up: start it again. The audit
        trail keeps why (``consent_failed``), as soon as the state tells whose consent it is.
        """
        callback_url = orgkey.conceal(callback_url)  # bound anew, with the code in it
        cookie = None if browser_cookie is None else orgkey.conceal(browser_cookie)
        browser_cookie = None
        if cookie is None and not unbound_browser:
            raise orgkey.ConfigError(
                "complete_authorization was given no browser_cookie, so anybody's browser could finish this login. "
                "Pass the cookie that start_authorization gave, or unbound_browser=True where there is no browser."
            )
        callback = read_callback(callback_url)
        consent = self._take(callback)
        by = by or consent.created_by or self._owner
        try:
            with told_of_tenant(consent.tenant, "authorization_code", consent.login_url):
                former, record, token = self._exchanged(consent, callback, cookie, by)
        except orgkey.OrgkeyError as error:
            failed_consents.keep(self._ports.store, consent.tenant, error, by=by)
            raise
        Tell(orgkey.EventKind.TENANT_STATE, record, record.cause).perform(self._ports)
        if self._completed is not None:
            self._completed(record)
        if former.sealed:
            revoke_former(self._ports, former, token, by=by)
        return record

    async def acomplete(
        self,
        callback_url: str | orgkey.Secret,
        *,
        browser_cookie: str | orgkey.Secret | None = None,
        unbound_browser: bool = False,
        by: str = "",
    ) -> TenantRecord:
        """As :meth:`complete`, for a task. A cancelled task stops waiting; the exchange goes on to its end."""
        callback_url = orgkey.conceal(callback_url)
        cookie = None if browser_cookie is None else orgkey.conceal(browser_cookie)
        browser_cookie = None
        return await asyncio.to_thread(
            self.complete, callback_url, browser_cookie=cookie, unbound_browser=unbound_browser, by=by
        )

    def _take(self, callback: Callback) -> Authorization:
        """The consent that the callback answers. From here on it is used up, whatever comes of it."""
        consent = None if callback.state is None else self._ports.store.take_authorization(_hash(callback.state))
        if consent is None:
            message = f"The callback's state is missing, unknown, used before, or too old. {_START_AGAIN}"
            raise AuthorizationRefused("state", message)
        return consent

    def _exchanged(
        self, consent: Authorization, callback: Callback, cookie: orgkey.Secret | None, by: str
    ) -> tuple[TenantRecord, TenantRecord, orgkey.Secret]:
        """Exchange the code and keep what comes of it: the record before, the record now, and its refresh token."""
        _require_answer_to(consent, callback, cookie)
        ports = self._ports
        login = ports.login(consent.login_url, consent.tenant)
        if callback.issuer and callback.issuer.rstrip("/") != str(login):
            message = f"The callback says it comes from {callback.issuer!r}, and {login} was asked (RFC 9207)."
            raise AuthorizationRefused("issuer", message)
        code = callback.authorization_code(login)
        verifier = self._verifier(consent)
        ports.sealer.newest(consent.tenant)  # unwrapped now: a key service that is away costs no grant
        grant = AuthorizationCode(
            self.client_id,
            code,
            redirect_uri=consent.redirect_uri,
            verifier=verifier,
            client_secret=ports.client_secret,
        )
        answer = read_token(ports.sender.send(grant.token_request(login, ports.clock.now())), grant, login, ports.rules)
        try:
            token = self._checked(answer, consent)
            former, record = self._keep(consent, answer, token, by)
        except orgkey.OrgkeyError:
            self._give_back(answer, login)
            raise
        return former, record, token

    def _verifier(self, consent: Authorization) -> orgkey.Secret:
        sealer = self._ports.sealer
        try:
            key = sealer.key(consent.tenant, consent.dek_version)
            return sealer.open(key, consent.sealed, kind=_KIND, family=consent.family)
        except SealBroken:
            message = (
                f"The consent of tenant {consent.tenant!r} cannot be finished: its verifier was sealed with data key "
                f"{consent.dek_version}, which is gone or another one now. Nothing was changed. {_START_AGAIN}"
            )
            raise AuthorizationRefused("state", message) from None

    def _checked(self, answer: TokenAnswer, consent: Authorization) -> orgkey.Secret:
        """The refresh token, where the answer is what was asked for."""
        self._ports.rules.origin(answer.identity_url, "The identity URL of the answer")
        wanted = frozenset(consent.scope.split()) - _OFFLINE
        granted = answer.scope
        # "full" stands for every scope but the refresh token's.
        missing = frozenset() if "full" in granted else wanted - granted
        if missing:
            fact = f"missing: {' '.join(sorted(missing))}; granted: {' '.join(sorted(granted)) or 'not said'}"
            evidence = orgkey.Evidence(
                surface="local", error="MISSING_SCOPE", grant="authorization_code", facts=(fact,)
            )
            raise orgkey.MissingScope(orgkey.diagnose(evidence))
        if answer.refresh_token is None:
            message = (
                "Salesforce granted access without a refresh token. Add the scope 'Perform requests at any time "
                "(refresh_token, offline_access)' to the app, and start the authorization again."
            )
            raise AuthorizationRefused("refresh_token", message)
        return answer.refresh_token

    def _keep(
        self, consent: Authorization, answer: TokenAnswer, token: orgkey.Secret, by: str
    ) -> tuple[TenantRecord, TenantRecord]:
        """Write the new family; over again where somebody else wrote, and for a while where the store does not.

        It is sealed with the newest key of the reading that is compared: whoever drops a key that was the newest has
        changed the record before. Returns the record that it replaced, and the record as it is stored.
        """
        store, sealer = self._ports.store, self._ports.sealer
        failed, delay = 0, 0.1
        former: TenantRecord | None = None
        while True:
            try:
                reading = store.read(consent.tenant)
                if reading is None:
                    raise UnknownTenant(consent.tenant)
                if former is not None and reading.record.family == consent.family:
                    return former, reading.record  # the write that seemed to fail had happened
                former = reading.record
                record = self._renewed(former, consent, answer, reading.now, by)
                key = sealer.newest_of(reading.keys, consent.tenant)
                sealed = sealer.seal(key, token, kind="refresh_token", family=consent.family, generation=1)
                record = replace(record, sealed=sealed, dek_version=key.version, epoch=store.epoch())
                cause = TO_BE_REVOKED if former.sealed else None
                audit = Audit.of(record, CONSENTED, by=by, at=reading.now, cause=cause)
                if store.swap(record, audit, version=former.version):
                    return former, replace(record, version=former.version + 1)
            except (StoreUnavailable, KeyServiceUnavailable):
                failed += 1
                if failed == _STORE_TRIES:
                    raise
                self._ports.clock.sleep(delay)
                delay *= 2

    def _renewed(
        self, record: TenantRecord, consent: Authorization, answer: TokenAnswer, now: float, by: str
    ) -> TenantRecord:
        if record.org_id and record.org_id != answer.org_id:
            raise OtherOrg(
                f"Tenant {record.tenant!r} is org {record.org_id}, and org {answer.org_id} consented. Nothing was "
                "changed. Log in to the right org; for another org add another tenant, or forget this one first. "
                "Where the org id was given and is wrong, and nobody has consented yet: `orgkey tenants authorize "
                f"{shlex.quote(record.tenant)} --org-id 00D...` (start_authorization(org_id=...) in Python)."
            )
        if record.state in {State.SUSPENDED, State.FORGOTTEN}:
            message = f"Tenant {record.tenant!r} became {record.state} while the consent was under way."
            raise AuthorizationRefused("tenant", message)
        if record.state is not State.ACTIVE:
            record = moved(record, State.ACTIVE, cause="CONSENTED", by=by, at=now)
        renewed = replace(
            record,
            grant="authorization_code",
            login_url=consent.login_url,
            client_id=self.client_id,
            family=consent.family,
            generation=1,
            intent=None,
        )
        return renewed.after(answer, now)

    def _give_back(self, answer: TokenAnswer, login: orgkey.Origin) -> None:
        """End what was granted and is not kept: nobody would ever use or revoke it."""
        token = answer.refresh_token or answer.access_token
        with suppress(orgkey.TokenRequestError):
            self._ports.sender.send(revoke_request(token, login))

    def _request(
        self,
        state: orgkey.Secret,
        verifier: orgkey.Secret,
        scopes: frozenset[str] = frozenset(),
        login_hint: str = "",
        prompt: str = "",
    ) -> AuthorizationRequest:
        return AuthorizationRequest(
            self.client_id,
            self.redirect_uri,
            state=state,
            verifier=verifier,
            scopes=scopes,
            login_hint=login_hint,
            prompt=prompt,
        )


def _require_answer_to(consent: Authorization, callback: Callback, cookie: orgkey.Secret | None) -> None:
    """Raise :class:`AuthorizationRefused` unless it came to the right address, by the browser that was sent."""
    if callback.address != consent.redirect_uri:
        message = (
            f"The callback came to {callback.address!r}; the consent was asked for {consent.redirect_uri!r}. Pass "
            f"the URL as the browser sees it, also behind a proxy. {_START_AGAIN}"
        )
        raise AuthorizationRefused("address", message)
    if cookie is not None and not hmac.compare_digest(_hash(cookie), consent.browser_hash):
        message = f"The callback came from another browser than the one that was sent. {_START_AGAIN}"
        raise AuthorizationRefused("browser", message)


def _hash(value: orgkey.Secret) -> str:
    # Of 256 random bits, so that the store's reader learns nothing from it.
    return sha256(value.reveal().encode()).hexdigest()
