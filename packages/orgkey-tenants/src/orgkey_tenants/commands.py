"""``orgkey tenants``: adds, shows, connects, refreshes and ends customers' orgs, for people and for cron."""

from __future__ import annotations

import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path  # noqa: TC003  # typer reads annotations at run time
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

import orgkey
from orgkey_tenants import failed_consents
from orgkey_tenants.errors import IllegalTransition, TenantNotActive
from orgkey_tenants.record import State, states_before  # typer reads annotations at run time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_tenants.authorization import AuthorizationURL
    from orgkey_tenants.record import TenantRecord
    from orgkey_tenants.registry import Tenants

__all__ = ["app", "kept_keys", "session_of"]

_TRUE: Final = frozenset({"1", "true", "yes", "on"})
_GRANTS: Final = ("authorization_code", "jwt_bearer", "client_credentials")

app = typer.Typer(help="Customers' orgs: their states, consents, refresh tokens and keys.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON, one value a line; failures too, on stderr.")]


def _tenants(incomplete: str) -> list[str]:
    from orgkey_tenants.stores import open_existing

    try:
        # A key pressed for a suggestion makes no store, migrates none, and needs no master key.
        store = open_existing(os.environ.get("ORGKEY_TENANTS_URL", ""))
        if store is None:
            return []
        with closing(store):
            exact = [incomplete] if incomplete and store.read(incomplete) else []
            following = [record.tenant for record in store.page(after=incomplete)]
    except orgkey.OrgkeyError:
        return []  # settings that are wrong must not break the shell's completion
    return exact + [tenant for tenant in following if tenant.startswith(incomplete)]


def _grants(incomplete: str) -> list[str]:
    return [grant for grant in _GRANTS if grant.startswith(incomplete)]


New = Annotated[
    str, typer.Argument(metavar="TENANT", help="The product's own id of the customer: 1 to 255 characters.")
]
Tenant = Annotated[
    str,
    typer.Argument(metavar="TENANT", help="The product's own id of the customer.", autocompletion=_tenants),
]
By = Annotated[str, typer.Option("--by", metavar="WHO", help="Who does it, for the audit trail.", show_default=False)]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
LoginURL = Annotated[
    str, typer.Option(metavar="URL", help="The org's My Domain: https://acme.my.salesforce.com", show_default=False)
]
OrgID = Annotated[
    str,
    typer.Option(metavar="00D…", help="Take the consent of this org alone, the first one too.", show_default=False),
]


def open_tenants(*, begins: bool = False, refreshes: bool = False, wait: float | None = 10.0) -> Tenants:
    """The product's tenants, by the ORGKEY_TENANTS_* and ORGKEY_CLIENT_* variables; close them.

    ``begins`` permits that the store is made where there is none: for who adds a tenant. ``refreshes``
    says that the journal may be needed; all others go on without one, such as whoever suspends tenants in an incident
    from another machine. ``wait`` is how many seconds a caller waits for a refresh; None is until it is over.
    """
    from orgkey_tenants.journal import MemoryJournal
    from orgkey_tenants.registry import Tenants
    from orgkey_tenants.settings import settle
    from orgkey_tenants.stores import require_existing

    if not begins:
        require_existing(settle().url)
    loopback = os.environ.get("ORGKEY_ALLOW_LOOPBACK_HTTP", "").strip().lower() in _TRUE
    journal = "" if refreshes else MemoryJournal()
    return Tenants(every=0.0, wait=wait, journal=journal, allow_loopback_http=loopback)


@contextmanager
def _opened(output: orgkey.Output, **how: Any) -> Iterator[Tenants]:
    """Open tenants for one command, as :func:`open_tenants` does.

    Interrupted or terminated, it ends after the refreshes that are under way. ``output`` is told where a signal has to
    wait for them.
    """
    landing = _Landing(output, "A refresh under way is being stored; the command ends after it.")
    with _terminated_as_interrupted():
        tenants = open_tenants(**how)
        try:
            yield tenants
        finally:
            with landing:  # whoever stops a container may well send a second SIGTERM
                tenants.close()
    if landing.was_ended:
        raise KeyboardInterrupt


@contextmanager
def _terminated_as_interrupted() -> Iterator[None]:
    # By default SIGTERM, which ends a cron job's container, ends Python between an answer and the store.
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


# --- what there is ---------------------------------------------------------------------------------------------------


@app.command("list")
def list_(
    state: Annotated[list[State] | None, typer.Option(help="Only those in this state; may be repeated.")] = None,
    as_json: Json = False,
) -> None:
    """List the tenants with state, last refresh and last call."""
    output = orgkey.Output(as_json=as_json)
    with _opened(output) as tenants:
        records = tenants.list(states=state or ())
    if as_json:
        for record in records:
            output.value(_facts_of(record))
        return
    columns = ("tenant", "state", "cause", "grant", "org id", "last refresh", "last call", "failures")
    output.table(
        columns, [[_text(_facts_of(record)[name.replace(" ", "_")]) for name in columns] for record in records]
    )


@app.command()
def show(
    tenant: Tenant,
    audit: Annotated[int, typer.Option(min=0, help="How many lines of the audit trail.")] = 10,
    as_json: Json = False,
) -> None:
    """Show one tenant and the latest lines of its audit trail."""
    from orgkey_tenants.revocation import former_grant

    output = orgkey.Output(as_json=as_json)
    with _opened(output) as tenants:
        record, trail = tenants.get(tenant), tenants.audit(tenant, limit=audit) if audit else []
        former = former_grant(tenants.store, tenant)
    lines = [
        {"at": _time(line.at), "event": line.event, "by": line.actor, "state": str(line.state), "cause": line.cause}
        for line in trail
    ]
    facts = {**_facts_of(record), "former_grant": former or None}
    if as_json:
        output.value({**facts, "audit": lines})
        return
    output.facts({name.replace("_", " "): _text(value) for name, value in facts.items()})
    if lines:
        output.table(tuple(lines[0]), [tuple(map(_text, line.values())) for line in lines])


# --- coming in -------------------------------------------------------------------------------------------------------


@app.command()
def add(  # noqa: PLR0917  # options of a command line
    tenant: New,
    login_url: LoginURL,
    grant: Annotated[
        str, typer.Option(help="authorization_code, jwt_bearer or client_credentials.", autocompletion=_grants)
    ] = _GRANTS[0],
    org_id: OrgID = "",
    username: Annotated[str, typer.Option(help="JWT Bearer: whom to act as.", show_default=False)] = "",
    key_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="JWT Bearer: the private key. It is sealed into the store.")
    ] = None,
    certificate: Annotated[
        Path | None, typer.Option(metavar="FILE", help="JWT Bearer: the key's certificate, so that its end is seen.")
    ] = None,
    audience: Annotated[str, typer.Option(help="JWT Bearer: aud, where it is not the login URL.")] = "",
    client_id: Annotated[str, typer.Option(help="The app in that org.", show_default="ORGKEY_CLIENT_ID")] = "",
    secret_from: Annotated[
        str, typer.Option(metavar="VARIABLE", help="Client Credentials: the variable that holds the consumer secret.")
    ] = "",
    by: By = "",
    as_json: Json = False,
) -> None:
    """Make a tenant known: PENDING where it will consent, ACTIVE with a key or secret of its own."""
    output = orgkey.Output(as_json=as_json)
    if org_id and grant != _GRANTS[0]:
        raise orgkey.UsageProblem("--org-id is for a consent; a key or secret belongs to one org anyway.")
    with _opened(output, begins=True) as tenants:
        if grant == "authorization_code":
            record = tenants.add(tenant, login_url=login_url, org_id=org_id, by=by)
        elif grant == "jwt_bearer":
            if key_file is None:
                raise orgkey.UsageProblem("JWT Bearer needs the private key: --key-file server.key")
            record = tenants.add_jwt_bearer(
                tenant,
                login_url=login_url,
                username=username,
                key=_read(key_file),
                certificate="" if certificate is None else _read(certificate).reveal(),
                audience=audience,
                client_id=client_id,
                by=by,
            )
        elif grant == "client_credentials":
            secret = orgkey.Secret(os.environ.get(secret_from, "")) if secret_from else orgkey.Secret("")
            if not secret:
                raise orgkey.UsageProblem(
                    "Client Credentials needs the consumer secret in a variable of the environment, where no shell "
                    "history keeps it: --secret-from ACME_CLIENT_SECRET"
                )
            record = tenants.add_client_credentials(
                tenant, login_url=login_url, client_id=client_id or tenants.client_id, client_secret=secret, by=by
            )
        else:
            raise orgkey.UsageProblem(f"--grant is {grant!r}. It takes {', '.join(_GRANTS)}.")
    _tell(output, record)


@app.command()
def authorize(
    tenant: Tenant,
    login_url: LoginURL = "",
    *,
    org_id: OrgID = "",
    login_hint: Annotated[str, typer.Option(metavar="USER", help="Username to put on the login page.")] = "",
    paste: Annotated[bool, typer.Option("--paste", help="Read the callback URL from stdin.")] = False,
    by: By = "",
    as_json: Json = False,
) -> None:
    """Connect a tenant by consent: prints where to send a browser, and waits for its answer.

    Where the callback URL is an address of this machine the answer is received here. Otherwise copy the URL that the
    browser ends at (--paste): then nothing ties the answer to a browser but you.
    """
    output = orgkey.Output(as_json=as_json)
    with _opened(output, begins=bool(login_url)) as tenants:  # without it the tenant must be there
        url = tenants.start_authorization(tenant, login_url, org_id=org_id, login_hint=login_hint, by=by)
        _finish(tenants, url, paste=paste, by=by, output=output)


@app.command()
def reconnect(
    tenant: Tenant,
    login_url: LoginURL = "",
    paste: Annotated[bool, typer.Option("--paste", help="Read the callback URL from stdin.")] = False,
    by: By = "",
    as_json: Json = False,
) -> None:
    """Connect a tenant anew, as after NEEDS_REAUTH. Its id stays, and another org is refused."""
    output = orgkey.Output(as_json=as_json)
    with _opened(output) as tenants:
        url = tenants.reconnect(tenant, login_url=login_url, by=by)
        _finish(tenants, url, paste=paste, by=by, output=output)


def _finish(tenants: Tenants, url: AuthorizationURL, *, paste: bool, by: str, output: orgkey.Output) -> None:
    from orgkey_tenants.loopback import LoopbackReceiver, is_loopback

    landing = _Landing(output, "The consent is being stored; the command ends after it.")

    def complete(back: orgkey.Secret, cookie: orgkey.Secret | None = None) -> TenantRecord:
        with landing:
            return tenants.complete_authorization(back, browser_cookie=cookie, unbound_browser=cookie is None, by=by)

    if paste or not is_loopback(tenants.redirect_uri):
        _send_to(output, url, f"Then paste the URL that it ends at ({tenants.redirect_uri}?...), and press Enter.")
        back = orgkey.Secret(sys.stdin.readline().strip())
        if not back:
            raise orgkey.UsageProblem("No callback URL came from stdin. Paste the whole URL that the browser ends at.")
        record = complete(back)
    else:
        with LoopbackReceiver(tenants.redirect_uri) as receiver:
            _send_to(output, receiver.start_url, f"Waiting until it comes back to {tenants.redirect_uri}.")
            record = receiver.receive(url, complete)
    _tell(output, record)
    if landing.was_ended:
        raise KeyboardInterrupt


class _Landing:
    """Holds SIGTERM and Ctrl-C back while a grant is on its way into the store, which alone keeps it.

    That is a code that is exchanged: its consent is used up. A token request takes 75 s at most, the store and the end
    of a former grant come on top. Or refreshes under way: they take a lease, 150 s, at most. ``note`` says to whoever
    sends a signal why it waits, and ``was_ended`` that one came.
    """

    def __init__(self, output: orgkey.Output, note: str) -> None:
        self.was_ended = False
        self._output, self._note = output, note
        self._before: dict[int, Any] = {}

    def __enter__(self) -> None:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                if callable(signal.getsignal(number)):  # one that is ignored stays ignored
                    self._before[number] = signal.signal(number, self._hold)

    def __exit__(self, *what: object) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)

    def _hold(self, *_: object) -> None:
        if not self.was_ended:
            self._output.note(self._note)
        self.was_ended = True


def _send_to(output: orgkey.Output, url: str, then: str) -> None:
    """Say where to send the browser and, to people, what comes ``then``."""
    from orgkey_tenants.authorization import GOOD_FOR

    if output.as_json:
        output.value({"open": str(url)})
    else:
        output.facts({"open": str(url)})
        output.note(
            f"{then} The consent is good for {GOOD_FOR / 60:.0f} minutes; Ctrl-C stops, and leaves the tenant as it "
            "is. From an error page of Salesforce's nothing comes back: stop, and give its address or text to "
            "`orgkey explain`."
        )
    sys.stdout.flush()


# --- going on --------------------------------------------------------------------------------------------------------


@app.command()
def refresh(tenant: Tenant, as_json: Json = False) -> None:
    """Refresh a tenant's token now, under the same protocol as everybody.

    Where another refresh is under way or has no known outcome, that is waited for: 155 s at most.
    """
    output = orgkey.Output(as_json=as_json)
    with _opened(output, refreshes=True, wait=None) as tenants, output.waiting(f"Refreshing {tenant}"):
        _tell_of_wait(output, tenants, tenant)
        record = tenants.refresh(tenant)
    _tell(output, record)


def _tell_of_wait(output: orgkey.Output, tenants: Tenants, tenant: str) -> None:
    """Say whose refresh the next one waits for, and how long: until then nothing else would be seen."""
    reading = tenants.store.read(tenant)
    if reading is None or reading.record.state is not State.ACTIVE or reading.record.intent is None:
        return
    intent, now = reading.record.intent, reading.now
    left = intent.seconds_left(now, tenants.limits.skew)
    if left > 0:
        until = datetime.fromtimestamp(now + left, UTC)
        output.note(
            f"{intent.owner} began a refresh of {tenant} that has no outcome yet. Waiting for it until "
            f"{until:%H:%M:%S} UTC at the latest ({left:.0f} s); where none came by then, the stored token is tried "
            "once."
        )


@app.command()
def keepalive(
    workers: Annotated[int, typer.Option(min=1, max=64, help="How many at a time in this process.")] = 4,
    as_json: Json = False,
) -> int:
    """Refresh the dormant tenants that are due. Run it daily, on any number of machines: each tenant is done once.

    Exit code 1 where a refresh failed; `orgkey tenants list` says whose.
    """
    output = orgkey.Output(as_json=as_json)
    failures: dict[str, str] = {}
    done = 0
    with _opened(output, refreshes=True) as tenants, output.counting("tenants") as counter:

        def progress(tenant: str, cause: str) -> None:
            nonlocal done
            done += 1
            if cause:
                failures[tenant] = cause
            counter.at(done, done)

        with ThreadPoolExecutor(workers, "keepalive") as pool:
            try:
                for future in [pool.submit(tenants.keepalive, progress=progress) for _ in range(workers)]:
                    future.result()
            except KeyboardInterrupt:
                tenants.drain(0.0)  # the workers begin no more; the pool waits for what is under way
                raise
    if as_json:
        output.value({"refreshed": done - len(failures), "failed": failures})
    else:
        output.facts({"refreshed": str(done - len(failures)), "failed": str(len(failures)), **failures})
    return orgkey.ExitCode.FAILED if failures else orgkey.ExitCode.OK


# --- stopping --------------------------------------------------------------------------------------------------------


@app.command()
def suspend(
    tenant: Tenant = "",
    *,
    every: Annotated[bool, typer.Option("--all", help="All tenants that are not suspended or forgotten.")] = False,
    yes: Yes = False,
    by: By = "",
    as_json: Json = False,
) -> int:
    """Stop all traffic of a tenant, and consents of it. Its grant stays; `resume` ends it, tenant by tenant.

    With --all: names those that it suspended, so that they can be told from others. It can be run again at any point.
    Exit code 1 where a tenant could not be suspended.
    """
    output = orgkey.Output(as_json=as_json)
    if bool(tenant) == every:
        raise orgkey.UsageProblem("Name one tenant, or all: orgkey tenants suspend acme, orgkey tenants suspend --all")
    with _opened(output) as tenants:
        if tenant:
            _tell(output, tenants.suspend(tenant, by=by))
            return orgkey.ExitCode.OK
        found = tenants.list(states=states_before(State.SUSPENDED))
        if found:
            question = f"Stop all traffic of {len(found)} tenants, until each of them is resumed?"
            _ask(question, yes=yes, as_json=as_json)
        suspended, failed = _suspend(tenants, [record.tenant for record in found], by, output)
    if as_json:
        output.value({"suspended": suspended, "failed": failed})
    else:
        names = [", ".join(suspended)] if suspended else []
        output.facts({"suspended": ": ".join([str(len(suspended)), *names]), "failed": str(len(failed)), **failed})
    return orgkey.ExitCode.FAILED if failed else orgkey.ExitCode.OK


def _suspend(tenants: Tenants, names: list[str], by: str, output: orgkey.Output) -> tuple[list[str], dict[str, str]]:
    """Suspend them one by one: those that were, and those that could not be, with the cause."""
    suspended, failed = [], {}
    with output.counting("tenants") as counter:
        for done, tenant in enumerate(names, start=1):
            try:
                tenants.suspend(tenant, by=by)
                suspended.append(tenant)
            except IllegalTransition:  # somebody else suspended or forgot it meanwhile
                pass
            except orgkey.TokenRequestError as error:  # the store is away: who was stopped before must not be forgotten
                failed[tenant] = error.diagnosis.cause.id
            counter.at(done, len(names))
    return suspended, failed


@app.command()
def resume(tenant: Tenant, by: By = "", as_json: Json = False) -> None:
    """End a suspension."""
    output = orgkey.Output(as_json=as_json)
    with _opened(output) as tenants:
        _tell(output, tenants.resume(tenant, by=by))


@app.command()
def confirm(tenant: Tenant, yes: Yes = False, by: By = "", as_json: Json = False) -> None:
    """Say that a SUSPECT tenant's refresh token is the current one. The next refresh tries it once."""
    question = f"If {tenant} was refreshed after the backup, trying its old token ends its grant. Confirm it?"
    _ask(question, yes=yes, as_json=as_json)
    output = orgkey.Output(as_json=as_json)
    with _opened(output) as tenants:
        _tell(output, tenants.confirm(tenant, by=by))


@app.command()
def forget(
    tenant: Tenant,
    yes: Yes = False,
    force: Annotated[bool, typer.Option("--force", help="Go on where Salesforce cannot be told.")] = False,
    by: By = "",
    as_json: Json = False,
) -> None:
    """Revoke a tenant's grant at Salesforce, then delete its keys and its secret. It cannot be undone."""
    output = orgkey.Output(as_json=as_json)
    with _opened(output) as tenants:
        record = tenants.get(tenant)
        question = f"Forget {tenant!r} (org {record.org_id or 'not known'}, {record.state})? It cannot be undone."
        _ask(question, yes=yes, as_json=as_json)
        record = tenants.forget(tenant, by=by, force=force)
    _tell(output, record)


@app.command()
def restored(yes: Yes = False, by: By = "", as_json: Json = False) -> None:
    """Say that the store was restored from a backup: no rotating tenant is refreshed until it is confirmed."""
    _ask("Every ACTIVE tenant with a refresh token becomes SUSPECT and stops. Go on?", yes=yes, as_json=as_json)
    output = orgkey.Output(as_json=as_json)
    with _opened(output) as tenants:
        count = tenants.restored(by=by)
    if as_json:
        output.value({"suspect": count})
    else:
        output.facts({"suspect": str(count)})


@app.command("rotate-keys")
def rotate_keys(
    data_keys: Annotated[bool, typer.Option("--data-keys", help="New data keys too, and seal with them now.")] = False,
    as_json: Json = False,
) -> None:
    """Wrap all data keys under the present master key. The former one must still be there to open them.

    With a key file: put the new key on the first line, above the old one; run this; then remove the old line.
    """
    output = orgkey.Output(as_json=as_json)
    with _opened(output) as tenants, output.counting("tenants") as counter:
        total, done = len(tenants.list()), 0

        def progress(tenant: str) -> None:
            nonlocal done
            del tenant
            done += 1
            counter.at(done, total)

        rewrapped = tenants.rotate_master_key(progress=progress)
        done, renewed = 0, 0
        if data_keys:
            renewed = tenants.rotate_data_keys(sweep=True, progress=progress)
    if as_json:
        output.value({"rewrapped": rewrapped, "new_data_keys": renewed})
    else:
        output.facts({"rewrapped": str(rewrapped), "new data keys": str(renewed)})


@app.command("renew-secret")
def renew_secret(
    tenant: Tenant,
    *,
    key_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="JWT Bearer: the new private key. It is sealed into the store.")
    ] = None,
    certificate: Annotated[Path | None, typer.Option(metavar="FILE", help="JWT Bearer: its certificate.")] = None,
    secret_from: Annotated[
        str, typer.Option(metavar="VARIABLE", help="Client Credentials: the variable that holds the new secret.")
    ] = "",
    by: By = "",
    as_json: Json = False,
) -> None:
    """Replace the key or secret of a tenant that has its own. Upload the new certificate to the org's app first."""
    secret = orgkey.Secret(os.environ.get(secret_from, "")) if secret_from else orgkey.Secret("")
    if (key_file is None) == (not secret):
        raise orgkey.UsageProblem(
            "Give the new private key (--key-file FILE) or the new secret (--secret-from VARIABLE)."
        )
    pem = "" if certificate is None else _read(certificate).reveal()
    output = orgkey.Output(as_json=as_json)
    with _opened(output) as tenants:
        record = tenants.renew_secret(tenant, _read(key_file) if key_file else secret, certificate=pem, by=by)
    _tell(output, record)


# --- for other commands ----------------------------------------------------------------------------------------------


@contextmanager
def session_of(tenant: str) -> Iterator[orgkey.OrgSession]:
    """The tenant's session, for ``orgkey doctor --tenant``. Where a consent failed, the error says why it has none."""
    with _opened(orgkey.Output(), refreshes=True) as tenants:
        try:
            session = tenants.session(tenant)
        except TenantNotActive as error:
            raise failed_consents.explained(tenants.store, tenant, error) from None
        yield session


def kept_keys(tenant: str = "") -> list[orgkey.KeptKey]:
    """The keys of tenants on JWT Bearer, for ``orgkey certificates``; none where no store is set."""
    if not os.environ.get("ORGKEY_TENANTS_URL"):
        return []
    try:
        with _opened(orgkey.Output()) as tenants:
            records = [tenants.get(tenant)] if tenant else tenants.list(states=[State.ACTIVE, State.SUSPENDED])
    except orgkey.OrgkeyError as error:
        return [orgkey.KeptKey(tenant, problem=orgkey.redact(str(error)).splitlines()[0])]
    return [
        orgkey.KeptKey(record.tenant, record.login_url, record.client_id, record.username, record.certificate)
        for record in records
        if record.grant == "jwt_bearer"
    ]


# --- how it is said --------------------------------------------------------------------------------------------------


def _facts_of(record: TenantRecord) -> dict[str, Any]:
    """What is told of a record; no secret is among it."""
    return {
        "tenant": record.tenant,
        "state": str(record.state),
        "cause": record.cause,
        "since": _time(record.changed_at),
        "by": record.changed_by,
        "grant": record.grant,
        "login_url": record.login_url,
        "instance_url": record.instance_url,
        "org_id": record.org_id,
        "user_id": record.user_id,
        "scope": record.scope,
        "generation": record.generation,
        "failures": record.failures,
        "last_error": record.last_error,
        "last_refresh": _time(record.last_refresh),
        "last_call": _time(record.last_call),
        "keepalive_at": _time(record.keepalive_at),
        "idle_deadline": _time(record.idle_deadline),
        "refresh_under_way": record.intent is not None,
    }


def _tell(output: orgkey.Output, record: TenantRecord) -> None:
    facts = _facts_of(record)
    if output.as_json:
        output.value(facts)
    else:
        shown = ("tenant", "state", "cause", "grant", "login_url", "org_id", "last_refresh")
        output.facts({name.replace("_", " "): _text(facts[name]) for name in shown})


def _ask(question: str, *, yes: bool, as_json: bool) -> None:
    if yes:
        return
    if as_json or not sys.stdin.isatty():
        raise orgkey.UsageProblem(f"{question} Nobody is here to answer; where you are sure, add --yes.")
    typer.confirm(question, abort=True, err=True)


def _read(path: Path) -> orgkey.Secret:
    try:
        return orgkey.Secret(path.read_text(encoding="ascii"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no PEM text"
        raise orgkey.UsageProblem(f"{path} cannot be read: {reason}.") from None


def _time(seconds: float | None) -> str | None:
    return None if not seconds else datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _text(value: object) -> str:
    return "" if value is None else str(value)
