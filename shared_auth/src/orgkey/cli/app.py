"""The command line as a whole: mounts the commands of all plugins and turns failures into exit codes."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Final

import typer

import orgkey
from orgkey import plugins
from orgkey.cli.output import ExitCode, Output, UsageProblem
from orgkey.errors import OrgkeyError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["build", "run"]

_EPILOG: Final = (
    "Exit codes: 0 done; 1 a call failed, or nothing was found; 2 the command line or the settings cannot work; "
    "3 Salesforce gave no access token; 130 interrupted."
)

_NO_PLACE: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command line (``sys.argv`` by default) and return its exit code. Never raises for a failure."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    output = Output(as_json="--json" in arguments)
    with output.telling_warnings():
        try:
            result = typer.main.get_command(build(output)).main(arguments, prog_name="orgkey", standalone_mode=False)
            _flush()
        except typer.Abort:
            return 130
        except Exception as error:  # noqa: BLE001  # the last place that can turn it into a message
            return output.failure(_usage_problem(error) or _unwritten(error) or error)
        finally:
            _let_go()
    return result if isinstance(result, int) else ExitCode.OK


def build(output: Output) -> typer.Typer:
    """The application with the commands of all plugins; a command that does not load is named and left out."""
    app = typer.Typer(
        name="orgkey",
        help="Salesforce access for Python agents without a password.",
        epilog=_EPILOG,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(invoke_without_command=True)(_root)
    for name, command in plugins.commands().items():
        try:
            loaded = command.load()
        except Exception as error:  # noqa: BLE001  # whatever a foreign module raises while it is imported
            output.note(f"The command {name!r} cannot be loaded and was left out: {type(error).__name__}: {error}")
            continue
        if isinstance(loaded, typer.Typer):
            _mount(app, name, loaded)
        else:
            app.command(name, epilog=_EPILOG)(loaded)
    return app


def _mount(app: typer.Typer, name: str, group: typer.Typer) -> None:
    """Add a group, whose help tells these exit codes; one that tells its own keeps them."""
    if isinstance(group.info.epilog, str):
        app.add_typer(group, name=name)
        return
    for command in group.registered_commands:
        command.epilog = command.epilog or _EPILOG
    app.add_typer(group, name=name, epilog=_EPILOG)


def _flush() -> None:
    """Hand over what is buffered. A reader that went away has seen enough."""
    if sys.stdout is not None:
        with suppress(BrokenPipeError):
            sys.stdout.flush()


def _let_go() -> None:
    """Leave nothing in a buffer that Python would try to write, and complain of, at exit."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            try:
                stream.flush()
            except OSError:
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _unwritten(error: Exception) -> OrgkeyError | None:
    """What is said where the place that something is written to takes no more, such as a full disk."""
    if not isinstance(error, OSError) or error.errno not in _NO_PLACE or error.filename is not None:
        return None
    return OrgkeyError(
        f"What the command wrote was not taken: {error.strerror}. Look at where its output goes, make room there, and "
        "run it again."
    )


def _show_version(value: bool) -> None:
    if value:
        typer.echo(f"orgkey {orgkey.__version__}")
        raise typer.Exit


def _root(
    context: typer.Context,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def _usage_problem(error: Exception) -> UsageProblem | None:
    """What the command line's parser complains about; it ships more than one class for it, all with this method."""
    tell = getattr(error, "format_message", None)
    if tell is None:
        return None
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "orgkey"
    return UsageProblem(f"{tell()}\nSee: {command} --help")
