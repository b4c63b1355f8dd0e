"""``orgkey doctor``: goes through the chain and names the first thing that breaks, with its remedy."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path  # noqa: TC003  # typer reads annotations at run time
from typing import TYPE_CHECKING, Annotated, Final

import typer

from orgkey.cli.options import Json, Profile  # noqa: TC001  # typer reads annotations at run time
from orgkey.cli.output import ExitCode, Output, UsageProblem

if TYPE_CHECKING:
    from orgkey.doctor import Examination, Report, Result
    from orgkey.session import OrgSession

__all__ = ["doctor"]

_MARKS: Final = {
    "ok": ("ok", "green"),
    "warning": ("warning", "yellow"),
    "failed": ("FAILED", "bold red"),
    "not run": ("not run", "dim"),
}
_KINDS: Final = ("", "sandbox", "production")
# What the exit code says about the first broken link; any other is 1.
_CODES: Final = {"settings": ExitCode.USAGE, "key": ExitCode.USAGE, "token": ExitCode.NO_TOKEN}


def doctor(
    profile: Profile = None,
    *,
    tenant: Annotated[
        str, typer.Option(metavar="TENANT", help="Examine a customer's org that orgkey-tenants keeps.")
    ] = "",
    certificate: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The key's certificate.", show_default="beside the key")
    ] = None,
    as_admin: Annotated[
        str, typer.Option(metavar="PROFILE", help="An administrator's profile: reads what the org knows of a failure.")
    ] = "",
    expect_user: Annotated[
        str, typer.Option(metavar="USER", help="Who should act.", show_default="SALESFORCE_USERNAME")
    ] = "",
    expect_org: Annotated[str, typer.Option(metavar="ID", help="Which org it should be.", show_default=False)] = "",
    expect_kind: Annotated[str, typer.Option(help="sandbox or production.", show_default=False)] = "",
    report: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a report for a ticket; it holds no secret.")
    ] = None,
    watch: Annotated[
        float, typer.Option(metavar="SECONDS", min=0, help="Repeat with so many seconds in between; 0 is once.")
    ] = 0,
    rounds: Annotated[int, typer.Option(min=0, help="With --watch: stop after so many; 0 goes on.")] = 0,
    as_json: Json = False,
) -> int:
    """Check the whole way from the settings to a query, and say what breaks first and how to mend it.

    Exit codes: 0 the chain holds; 2 settings or key; 3 no token; 1 anything else.
    """
    from orgkey.clock import SYSTEM_CLOCK
    from orgkey.doctor import Examination, Expected
    from orgkey.settings import require_profile

    output = Output(as_json=as_json)
    if expect_kind not in _KINDS:
        raise UsageProblem(f"--expect-kind is {expect_kind!r}. It takes sandbox or production.")
    if as_admin:
        require_profile(as_admin)  # now: an org that is healthy, or breaks early, never comes to ask for it
    expected = Expected(username=expect_user, org_id=expect_org, kind=expect_kind)

    done = 0
    while True:
        with ExitStack() as opened:
            exam = Examination(profile=profile, certificate=certificate, admin=as_admin, expected=expected)
            if tenant:
                _ask_source(exam, tenant, opened)
            found = _examine(output, exam)
        done += 1
        if report is not None:
            _write(report, found)
        if not watch or done == rounds:
            return _code(found)
        SYSTEM_CLOCK.sleep(watch)


def _ask_source(exam: Examination, tenant: str, opened: ExitStack) -> None:
    """Have the session opened where tenants are kept, when the examination comes to it."""
    from orgkey.plugins import SessionSourcePlugin, registered

    found = registered(SessionSourcePlugin).get("tenant")
    if found is None or exam.profile:
        raise UsageProblem(
            "--tenant and --profile name two places for one session: give one."
            if exam.profile
            else "--tenant needs orgkey-tenants, which is not installed: pip install 'orgkey-tenants[cli]'"
        )

    def source() -> OrgSession:
        session: OrgSession = opened.enter_context(found.open(tenant))
        exam.kept = next(iter(found.keys(tenant)), None)
        return session

    exam.source = source


def _examine(output: Output, exam: Examination) -> Report:
    from orgkey.doctor import Report, examine

    began, results = exam.clock.now(), []
    with output.waiting("Examining"):
        for result in examine(exam):
            results.append(result)
            if not output.as_json:
                _show(output, result)
    found = Report(exam.profile, began, tuple(results))
    if output.as_json:
        output.value(found.as_dict())
    elif found.diagnosis is not None:
        output.diagnosis(found.diagnosis)
    return found


def _show(output: Output, result: Result) -> None:
    found = result.finding
    mark, colour = _MARKS[found.status.value]
    seconds = f"{result.seconds:.2f} s" if result.seconds >= 0.01 else ""  # noqa: PLR2004  # a hundredth is not seen
    output.check(mark, colour, result.title, found.why, seconds)
    if found.status.value in {"failed", "warning"}:
        for fact in found.evidence:
            output.check("", "", "", fact, "")


def _write(path: Path, found: Report) -> None:
    try:
        path.write_text(found.text(), encoding="utf-8")
    except OSError as error:
        raise UsageProblem(
            f"The report {path} cannot be written: {error.strerror}. Name a file in a folder that you may write to."
        ) from None


def _code(found: Report) -> ExitCode:
    if found.broken is None:
        return ExitCode.OK
    if found.diagnosis is not None and found.diagnosis.cause.id == "SETTINGS_UNUSABLE":
        return ExitCode.USAGE
    return _CODES.get(found.broken.name, ExitCode.FAILED)
