"""``orgkey setup``: makes the folder that an admin and a deployer need for one app, deploys it, rotates its key."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import urlsplit

import typer

from orgkey.cli.options import Json  # noqa: TC001  # typer reads annotations at run time
from orgkey.cli.output import ExitCode, Output, UsageProblem

if TYPE_CHECKING:
    from orgkey.secrets import Secret
    from orgkey.setup.make import MadeSetup
    from orgkey.setup.plan import SetupPlan

__all__ = ["setup"]

_GRANTS: Final = {
    "jwt": "jwt_bearer",
    "jwt-bearer": "jwt_bearer",
    "client-credentials": "client_credentials",
}

setup = typer.Typer(
    help="Make what an admin and a deployer need: key, certificate, deployable app, steps.",
    no_args_is_help=False,
    subcommand_metavar="[COMMAND]",
)


@setup.callback(invoke_without_command=True)
def make(
    context: typer.Context,
    *,
    grant: Annotated[str, typer.Option(help="jwt or client-credentials.", show_default=False)] = "",
    org: Annotated[
        str, typer.Option(metavar="URL", help="The org's My Domain: https://acme.my.salesforce.com", show_default=False)
    ] = "",
    app_name: Annotated[str, typer.Option(metavar="NAME", help="What the app is called.", show_default=False)] = "",
    username: Annotated[
        str, typer.Option(metavar="USER", help="The Salesforce user that the program acts as.", show_default=False)
    ] = "",
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder to make.", show_default="named after the app")
    ] = None,
    contact_email: Annotated[
        str, typer.Option(metavar="EMAIL", help="The app's contact.", show_default="the username")
    ] = "",
    kind: Annotated[str, typer.Option(help="external-client-app, or connected-app.")] = "external-client-app",
    scope: Annotated[list[str] | None, typer.Option(help="OAuth scope; can be repeated.", show_default="api")] = None,
    days: Annotated[int, typer.Option(help="How long the certificate is good for.")] = 365,
    api_version: Annotated[str, typer.Option(help="Of the metadata.", show_default="67.0")] = "",
    switch: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="Decide a disputed metadata element; --switch help lists them."),
    ] = None,
    passphrase_env: Annotated[
        str, typer.Option(metavar="VARIABLE", help="Encrypt the key with the passphrase in this variable.")
    ] = "",
    as_json: Json = False,
) -> int:
    """Make one folder: key and certificate, a deployable app, the admin's steps, settings.

    Asks on a terminal for what is missing; elsewhere --grant, --org, --app-name and --username are needed.
    """
    output = Output(as_json=as_json)
    if context.invoked_subcommand is not None:
        return ExitCode.OK
    if switch == ["help"]:
        return _list_switches(output)
    answers = _Answers(output, asks=sys.stdin.isatty() and not as_json)
    grant = answers.grant(grant)
    org = answers.get("--org", "The org's My Domain URL (Setup > My Domain)", org)
    plan = _plan(
        {
            "grant": grant,
            "org_url": org,
            "app_name": answers.get("--app-name", "Name of the app", app_name),
            "username": answers.get("--username", "Salesforce username that the program acts as", username),
            "contact_email": contact_email,
            "kind": kind,
            "scopes": tuple(scope or ("api",)),
            "certificate_days": days,
            **({"api_version": api_version} if api_version else {}),
        },
        answers,
        switch or [],
    )
    _tell_left_out(output, org, plan)
    from orgkey.setup.make import make_setup

    made = make_setup(plan, out or Path(plan.slug), passphrase=_passphrase(passphrase_env))
    _show(output, plan, made)
    return ExitCode.OK


@setup.command()
def deploy(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder that orgkey setup made.")],
    as_admin: Annotated[str, typer.Option(metavar="PROFILE", help="Profile of an administrator of the org.")],
    as_json: Json = False,
) -> None:
    """Deploy the app with an administrator's session."""
    from orgkey.clock import SYSTEM_CLOCK
    from orgkey.errors import ConfigError
    from orgkey.rest import open_client
    from orgkey.settings import connect
    from orgkey.setup.deploy import deploy as deploy_package
    from orgkey.setup.make import PROJECT_FOLDER, read_plan
    from orgkey.setup.project import deployable_zip

    output = Output(as_json=as_json)
    plan = read_plan(folder)
    package = deployable_zip(folder / PROJECT_FOLDER)
    session = connect(as_admin)
    if session.login_url != plan.org_url:
        raise ConfigError(
            f"The profile {as_admin!r} logs in at {session.login_url}, and this app is for {plan.org_url}. "
            "Choose the profile of that org's administrator."
        )
    with output.waiting(f"Deploying to {plan.org_url}"), open_client(session) as client:
        done = deploy_package(client, package, plan.api_version, SYSTEM_CLOCK, progress=lambda _: None)
    if as_json:
        output.value({"components": done.components, "consumer_key": done.consumer_key or None})
        return
    output.table(("type", "component"), done.components)
    where = "Setup > External Client App Manager > the app > Settings > OAuth Settings > Consumer Key and Secret"
    output.facts({"consumer key": done.consumer_key or where})


@setup.command(name="rotate-certificate")
def rotate_certificate(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder that orgkey setup made.")],
    *,
    days: Annotated[int, typer.Option(help="How long the next certificate is good for.")] = 365,
    passphrase_env: Annotated[
        str, typer.Option(metavar="VARIABLE", help="Encrypt the key with the passphrase in this variable.")
    ] = "",
    remove_old: Annotated[bool, typer.Option(help="The last step: delete the old private key.")] = False,
    as_json: Json = False,
) -> None:
    """Make the next key and certificate, and say in which order to change over without a break.

    Can be run again at any point: while the old key is there it makes nothing new and repeats the steps.
    """
    from orgkey.setup.rotation import find_rotation, remove_old_keys, start_rotation

    output = Output(as_json=as_json)
    if remove_old:
        removed = remove_old_keys(folder)
        output.value({"removed": removed}) if as_json else output.facts({"removed": ", ".join(removed)})
        return
    rotation = find_rotation(folder) or start_rotation(folder, days=days, passphrase=_passphrase(passphrase_env))
    if as_json:
        output.value({"current": str(rotation.current), "next": str(rotation.next), "steps": rotation.as_dict()})
        return
    output.facts({"current": str(rotation.current), "next": str(rotation.next)})
    for number, step in enumerate(rotation.steps(), start=1):
        output.step(number, step.title, step.do)


class _Answers:
    """What the flags leave open: asked for on a terminal, listed all at once elsewhere."""

    def __init__(self, output: Output, *, asks: bool) -> None:
        self._output = output
        self._asks = asks
        self.missing: list[str] = []

    def get(self, flag: str, question: str, given: str) -> str:
        if given:
            return given
        if self._asks:
            return str(typer.prompt(question, err=True)).strip()
        self.missing.append(flag)
        return ""

    def grant(self, given: str) -> str:
        name = self.get("--grant", "OAuth grant, jwt or client-credentials", given)
        known = _GRANTS.get(name.lower().replace("_", "-"), "")
        if name and not known:  # now: nobody should answer the other questions for a grant that there is not
            problem = f"--grant is {name!r}. It takes jwt or client-credentials."
            if "password" in name.lower():
                problem += " The password grant is closed: External Client Apps have none, and orgs block it."
            raise UsageProblem(problem)
        return known


def _plan(values: dict[str, Any], answers: _Answers, switches: list[str]) -> SetupPlan:
    if answers.missing:
        raise UsageProblem(
            f"Missing: {', '.join(answers.missing)}. Example: orgkey setup --grant jwt "
            '--org https://acme.my.salesforce.com --app-name "Acme Agent" --username agent@acme.example'
        )
    from orgkey.settings import allows_loopback_http
    from orgkey.setup.plan import SetupPlan
    from orgkey.setup.switches import read_switches

    return SetupPlan(**values, switches=read_switches(switches), allow_loopback_http=allows_loopback_http())


def _tell_left_out(output: Output, given: str, plan: SetupPlan) -> None:
    """Say that an address copied from a browser was cut to its host. It is not repeated: a query may hold a session."""
    parts = urlsplit(given)
    if parts.path.strip("/") or parts.query or parts.fragment:
        output.note(f"--org names a page. The org is {plan.org_url}, which is what is used.")


def _passphrase(variable: str) -> Secret | None:
    import os

    from orgkey.errors import ConfigError
    from orgkey.secrets import Secret

    if not variable:
        return None
    if not os.environ.get(variable):
        raise ConfigError(f"--passphrase-env names {variable}, which is not set. Set it to the passphrase.")
    return Secret(os.environ[variable])


def _list_switches(output: Output) -> int:
    from orgkey.setup.switches import SWITCHES

    rows = [(each.name, ", ".join((*each.values, each.free_form)).strip(", "), each.what) for each in SWITCHES.values()]
    if output.as_json:
        output.value([dict(zip(("name", "values", "what"), row, strict=True)) for row in rows])
    else:
        output.table(("switch", "values, the default first", "what sources say"), rows)
    return ExitCode.OK


def _show(output: Output, plan: SetupPlan, made: MadeSetup) -> None:
    expires = made.expires.isoformat(timespec="seconds") if made.expires else None
    if output.as_json:
        output.value(
            {
                "folder": str(made.folder.absolute()),
                "files": made.files,
                "developer_name": plan.developer_name,
                "permission_set": plan.permission_set,
                "certificate_expires_at": expires,
            }
        )
        return
    from orgkey.setup.steps import steps

    facts = {"folder": str(made.folder), "app": plan.developer_name, "files": str(len(made.files))}
    output.facts(facts | ({"certificate ends": expires} if expires else {}))
    for number, step in enumerate(steps(plan, str(made.folder)), start=1):
        output.step(number, step.title, step.do)
    output.facts({"all steps": str(made.folder / "STEPS.md")})
