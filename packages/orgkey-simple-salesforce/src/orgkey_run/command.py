"""``orgkey run``: starts a program so that its password logins are replaced, or only observed and reported."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer

import orgkey
from orgkey_run.hook import LOG_VARIABLE, MODE_VARIABLE, Mode
from orgkey_run.report import Report

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import FrameType

__all__ = ["run"]

_STARTUP: Final = Path(__file__).parent / "startup"
_NOT_EXECUTABLE: Final = 126  # as shells say it, both
_NO_PROGRAM: Final = 127
_FORWARDED: Final = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGQUIT") if hasattr(signal, name))


def run(
    command: Annotated[
        list[str], typer.Argument(metavar="-- COMMAND [ARGUMENTS]...", help="The program, after two dashes.")
    ],
    observe: Annotated[
        bool, typer.Option("--observe", help="Change nothing; report each password login that happens.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE", help="With --observe: write the report as JSON.")
    ] = None,
) -> None:
    """Run a program with simple-salesforce's password logins replaced by JWT Bearer or Client Credentials.

    In the program and the Pythons that it starts, Salesforce and SalesforceLogin are those of orgkey-simple-salesforce.
    The settings are the usual ones (SALESFORCE_LOGIN_URL, SALESFORCE_CLIENT_ID ...). Nothing on disk is changed.
    """
    if report is not None:
        _check_report(report, observe=observe)
    program = shutil.which(command[0])
    if program is None:
        raise typer.Exit(_cannot_start(command[0]))
    if observe:
        raise typer.Exit(_observe(program, command[1:], report))
    orgkey.connect()  # raises where the program could not log in
    _become([program, *command[1:]], _environment(Mode.REPLACE))


def _cannot_start(program: str) -> int:
    """Say why, and return the exit code that shells have for it."""
    if Path(program).is_file():
        how = f"python {program}" if program.endswith(".py") else f"chmod +x {program}"
        typer.echo(f"orgkey run: {program!r} may not be executed. Try: {how}", err=True)
        return _NOT_EXECUTABLE
    typer.echo(f"orgkey run: there is no program {program!r}. Is it in PATH?", err=True)
    return _NO_PROGRAM


def _check_report(file: Path, *, observe: bool) -> None:
    """Raise where ``file`` could not be written: before the program runs, not after it ran for hours."""
    if not observe:
        raise orgkey.ConfigError("--report goes with --observe: without it nothing is reported.")
    try:
        file.open("a").close()
    except OSError as error:
        raise orgkey.ConfigError(f"--report: {file} cannot be written: {error.strerror}.") from None


def _environment(mode: Mode, **more: str) -> dict[str, str]:
    path = os.pathsep.join(entry for entry in (str(_STARTUP), os.environ.get("PYTHONPATH", "")) if entry)
    return {**os.environ, "PYTHONPATH": path, MODE_VARIABLE: mode.value, **more}


def _become(command: list[str], environment: Mapping[str, str]) -> NoReturn:
    if sys.platform == "win32":
        # There, exec would return to the shell while the program still runs.
        raise typer.Exit(_wait_for(command, environment))
    sys.stdout.flush()
    os.execve(command[0], command, environment)  # noqa: S606  # the program that was asked for


def _observe(program: str, arguments: list[str], file: Path | None) -> int:
    with tempfile.TemporaryDirectory(prefix="orgkey-run-") as folder:
        log = Path(folder) / "logins.jsonl"
        code = _wait_for([program, *arguments], _environment(Mode.OBSERVE, **{LOG_VARIABLE: str(log)}))
        found = Report.read(log)
    typer.echo(found.text(), err=True)
    if file is not None:
        file.write_text(found.json(), encoding="utf-8")
    return code


def _wait_for(command: list[str], environment: Mapping[str, str]) -> int:
    """Run ``command``, hand on the signals that are meant for it, and return its exit code as a shell would."""
    with subprocess.Popen(command, env=environment) as child:  # noqa: S603  # the program that was asked for

        def hand_on(number: int, frame: FrameType | None) -> None:
            del frame
            child.send_signal(number)

        # Ctrl-C reaches the child by itself: it is in the same process group.
        before = {number: signal.signal(number, hand_on) for number in _FORWARDED}
        before[signal.SIGINT] = signal.signal(signal.SIGINT, lambda *_: None)
        try:
            code = child.wait()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
    return code if code >= 0 else 128 - code
