"""How the command line speaks: results on stdout, everything else on stderr, as rich text or as JSON."""

from __future__ import annotations

import json
import os
import traceback
import warnings
from contextlib import contextmanager, suppress
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console, Group
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table
from rich.text import Text

from orgkey.causes import Who
from orgkey.errors import ConfigError, OrgkeyError, OrgkeyWarning, TokenRequestError
from orgkey.secrets import redact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from rich.console import RenderableType

    from orgkey.causes import Diagnosis

__all__ = ["ExitCode", "Output", "UsageProblem", "printable"]

_WHO: Final = {
    Who.ADMIN: "the org's Salesforce administrator",
    Who.DEPLOYER: "whoever sets this program's environment",
    Who.DEVELOPER: "whoever writes this program",
    Who.SALESFORCE: "Salesforce",
    Who.NOBODY: "nobody needs to",
}

# Salesforce was not asked for a token: what stands before it did not answer.
_NOT_ASKED: Final = frozenset({"TENANT_STORE_UNAVAILABLE", "KEY_SERVICE_UNAVAILABLE"})

# A pipe has no width, and nothing that goes into one may be cut off.
_PIPE_WIDTH: Final = 100_000


class ExitCode(IntEnum):
    """What the command's exit code says."""

    OK = 0
    FAILED = 1  # a call failed, or the answer is "no"
    USAGE = 2  # the command line or the settings cannot work
    NO_TOKEN = 3  # Salesforce gave no access token


class UsageProblem(OrgkeyError):
    """The command line cannot be understood."""


class Output:
    """Where results and failures of one command go.

    Results go to stdout, notes and failures to stderr. With ``as_json`` both get one JSON value a line. Colour is for
    terminals alone, and not where NO_COLOR is set.
    """

    def __init__(self, *, as_json: bool = False) -> None:
        self.as_json = as_json
        self._out = Console(highlight=False)
        self._err = Console(stderr=True, highlight=False)
        if not self._out.is_terminal:
            self._out = Console(highlight=False, width=_PIPE_WIDTH)

    # --- results ----------------------------------------------------------------------------------------------------

    def value(self, value: object) -> None:
        """Print ``value`` as one line of JSON."""
        self._out.file.write(json.dumps(value, default=str) + "\n")

    def facts(self, facts: Mapping[str, str]) -> None:
        """Print names and values below each other."""
        table = Table.grid(padding=(0, 2))
        for name, value in facts.items():
            table.add_row(Text(name, style="dim"), Text(printable(value), overflow="fold"))
        self._out.print(table)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Print rows under headings; nothing is cut off."""
        table = Table(header_style="bold")
        for column in columns:
            table.add_column(Text(printable(column)), overflow="fold")
        for row in rows:
            table.add_row(*(Text(printable(cell)) for cell in row))
        self._out.print(table)

    def step(self, number: int, title: str, lines: Iterable[str]) -> None:
        """Print one numbered step: what it is for, and what to do."""
        self._out.print(Text(f"\n{number}. {printable(title)}", style="bold"))
        for line in lines:
            self._out.print(Text(f"   {printable(line)}", overflow="fold"))

    def check(self, mark: str, colour: str, title: str, why: str, seconds: str) -> None:
        """Print one line of an examination."""
        line = Table.grid(padding=(0, 2))
        for width in (8, 22):
            line.add_column(width=width)
        line.add_row(
            Text(mark, style=colour),
            Text(printable(title)),
            Text(printable(f"{why} {seconds}".strip()), style="" if mark else "dim", overflow="fold"),
        )
        self._out.print(line)

    def diagnosis(self, diagnosis: Diagnosis) -> None:
        """Print a diagnosis as a command's result."""
        self._out.print(_panel(diagnosis, width=min(self._out.width, 100)))

    # --- beside the results -----------------------------------------------------------------------------------------

    def note(self, text: str) -> None:
        """Tell something that does not change the result."""
        with suppress(OSError):  # stderr takes nothing, and a note is worth no failure
            if self.as_json:
                self._err.file.write(json.dumps({"warning": text}) + "\n")
            else:
                self._err.print(Text(f"Note: {printable(text)}", style="yellow"))

    @contextmanager
    def waiting(self, text: str) -> Iterator[None]:
        """Show ``text`` with a spinner while the body runs, on a terminal."""
        if self._err.is_terminal and not self.as_json:
            with self._err.status(Text(text)):
                yield
        else:
            yield

    @contextmanager
    def counting(self, text: str) -> Iterator[_Counter]:
        """Show a bar that the body moves, on a terminal where no results are streaming by."""
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        quiet = not self._err.is_terminal or (self.as_json and self._out.is_terminal)
        with Progress(*columns, console=self._err, transient=True, disable=quiet) as progress:
            yield _Counter(progress, text)

    @contextmanager
    def telling_warnings(self) -> Iterator[None]:
        """Turn this package's warnings into notes while the body runs."""
        with warnings.catch_warnings():
            warnings.simplefilter("always", OrgkeyWarning)
            show = warnings.showwarning

            def tell(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
                if issubclass(category, OrgkeyWarning):
                    self.note(str(message))
                else:
                    show(message, category, *place, **more)

            warnings.showwarning = tell
            yield

    # --- failures ---------------------------------------------------------------------------------------------------

    def failure(self, error: Exception) -> ExitCode:
        """Tell why the command failed, in one panel or one JSON value, and return its exit code."""
        code = _exit_code(error)
        with suppress(OSError):  # stderr takes nothing: the exit code is left to tell
            if self.as_json:
                self._err.file.write(json.dumps({"error": _as_data(error), "exit_code": code}, default=str) + "\n")
            else:
                self._err.print(_failure_panel(error, width=min(self._err.width, 100)))
        return code


class _Counter:
    def __init__(self, progress: Progress, text: str) -> None:
        self._progress = progress
        self._task = progress.add_task(text, total=None)

    def at(self, done: int, total: int) -> None:
        """Say how far it got."""
        self._progress.update(self._task, completed=done, total=total)


def printable(text: str) -> str:
    """``text`` with everything shown that a terminal would obey instead of showing."""
    return "".join(
        character if character.isprintable() or character == "\n" else f"\\x{ord(character):02x}" for character in text
    )


def _exit_code(error: Exception) -> ExitCode:
    if isinstance(error, TokenRequestError):
        return ExitCode.FAILED if error.diagnosis.cause.id in _NOT_ASKED else ExitCode.NO_TOKEN
    return ExitCode.USAGE if isinstance(error, (ConfigError, UsageProblem)) else ExitCode.FAILED


def _as_data(error: Exception) -> dict[str, Any]:
    data: dict[str, Any] = {"kind": type(error).__name__, "message": _message(error)}
    diagnosis: Diagnosis | None = getattr(error, "diagnosis", None)
    if diagnosis is not None:
        data |= {"message": diagnosis.cause.title, "diagnosis": diagnosis.as_dict()}
    if isinstance(error, ConfigError):
        data["problems"] = list(error.problems)
    return data


def _message(error: Exception) -> str:
    if isinstance(error, OrgkeyError):
        return redact(str(error))
    if os.environ.get("ORGKEY_DEBUG"):
        return redact("".join(traceback.format_exception(error)))
    return (
        f"This is a fault in orgkey or a plugin: {type(error).__name__}: {redact(str(error))}\n"
        "Set ORGKEY_DEBUG=1 and run it again to see where, and report it."
    )


def _failure_panel(error: Exception, *, width: int) -> Panel:
    diagnosis: Diagnosis | None = getattr(error, "diagnosis", None)
    if diagnosis is None:
        return Panel(
            Text(printable(_message(error))), title="Error", title_align="left", border_style="red", width=width
        )
    return _panel(diagnosis, width=width)


def _panel(diagnosis: Diagnosis, *, width: int) -> Panel:
    cause = diagnosis.cause
    parts: list[RenderableType] = [Text(cause.title, style="bold"), Text(cause.explanation), Text("")]
    numbered = [(f"{number}.", step) for number, step in enumerate(cause.remedy, start=1)]
    parts += [_list(numbered), Text("")]
    parts += [Text(f"Seen: {printable(fact)}", style="dim") for fact in diagnosis.evidence]
    if diagnosis.wire:
        parts.append(Text(f"It said: {printable(diagnosis.wire)}", style="dim"))
    lasting = "until somebody acts" if cause.permanent else "it passes by itself"
    parts.append(Text(f"Who can end it: {_WHO[cause.who]} ({lasting})", style="dim"))
    parts.append(Text(f"Source: {cause.source} ({cause.confidence}); see {cause.page}", style="dim"))
    if diagnosis.alternatives:
        parts += [Text(""), Text("It could also be:")]
        parts.append(_list([(" -", f"{other.title} [{other.id}]") for other in diagnosis.alternatives]))
        parts.append(Text(f"Details: orgkey explain {diagnosis.alternatives[0].id}", style="dim"))
    colour = "red" if cause.permanent else "yellow"
    return Panel(Group(*parts), title=Text(cause.id), title_align="left", border_style=colour, width=width)


def _list(items: Iterable[tuple[str, str]]) -> Table:
    table = Table.grid(padding=(0, 1))
    for mark, text in items:
        table.add_row(Text(mark), Text(text, overflow="fold"))
    return table
