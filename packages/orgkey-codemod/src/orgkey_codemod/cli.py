"""The command: ``orgkey-codemod check PATHS`` and ``orgkey-codemod fix PATHS``."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from orgkey_codemod import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from orgkey_codemod.config import Config
    from orgkey_codemod.model import Example, Progress, Rule
    from orgkey_codemod.report import Report

__all__ = ["main"]

CLEAN: Final = 0
FOUND: Final = 1
USAGE: Final = 2
FAILED: Final = 3
INTERRUPTED: Final = 130

EPILOG: Final = (
    "Exit codes: 0 clean; 1 findings remain, or would change; 2 wrong usage; 3 some file, or the output, failed."
)
_LONG: Final = 200
"""Files; work on more may take long enough for a person to want to see that something happens."""
_BAR: Final = 30
"""Characters of a progress bar."""


def main(arguments: Sequence[str] | None = None, *, name: str = "orgkey-codemod", packs: Sequence[Rule] = ()) -> int:
    """Run the command; returns 0 where nothing is found, 1 for findings, 2 for wrong usage, 3 where it failed.

    Parameters
    ----------
    arguments:
        The command line; that of the process by default.
    name:
        What the command is called in its own messages.
    packs:
        Rules that others bring, which run after those of the catalogue.

    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a name of a file may be no text
            stream.reconfigure(errors="backslashreplace")
    collects = gc.isenabled()
    gc.disable()  # syntax trees stay to the end, and looking through them again and again is a tenth of the time
    try:
        code = _run(arguments, name, packs)
        _flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # whoever read it has seen enough
        return FOUND
    except _UnwrittenError as error:
        _tell(f"{name}: the report could not be written: {error}. Make room and run it again; what a fix wrote stays.")
        return FAILED
    finally:
        _let_go()
        if collects:
            gc.enable()
    return code


def _run(arguments: Sequence[str] | None, name: str, packs: Sequence[Rule]) -> int:
    try:
        options = _parser(name).parse_args(arguments)
    except SystemExit as stop:  # argparse has said why
        return stop.code if isinstance(stop.code, int) else USAGE
    return _command(options, name, packs)


def _command(options: argparse.Namespace, name: str, packs: Sequence[Rule]) -> int:
    if options.explain:
        return _explain(options.explain, name, packs)
    if options.command is None:
        _parser(name).print_usage(sys.stderr)
        return USAGE
    from orgkey_codemod.config import ConfigError
    from orgkey_codemod.run import DirtyError

    try:
        report = _report(options, name, packs)
    except (ConfigError, FileNotFoundError, DirtyError) as error:
        _tell(f"{name}: {error}")
        return USAGE
    except _UnseenError as error:
        _tell(f"{name}: {error}")
        return FAILED
    for line in _lines(report, options.format):
        _say(line)
    if any(outcome.failures for outcome in report.outcomes):
        return FAILED
    return FOUND if any(outcome.left for outcome in report.outcomes) else CLEAN


def _lines(report: Report, format_: str) -> Iterator[str]:
    from orgkey_codemod import colours
    from orgkey_codemod.report import FORMATS, as_text

    if format_ == "text" and sys.stdout is not None and colours.are_wanted(sys.stdout):
        return as_text(report, colours.painted)
    return FORMATS[format_](report)


# --- what is written: either stream may be closed, which Python says by None, or take no more -------------------------


class _UnwrittenError(Exception):
    """The report did not get to where stdout leads."""


def _say(text: str) -> None:
    """One more line of the report."""
    if sys.stdout is not None:
        with _writing():
            sys.stdout.write(f"{text}\n")


def _flush() -> None:
    if sys.stdout is not None:
        with _writing():
            sys.stdout.flush()


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _UnwrittenError(error.strerror) from None


def _tell(text: str) -> None:
    """Say why nothing came of it."""
    if sys.stderr is not None:
        with suppress(OSError):
            sys.stderr.write(f"{text}\n")


def _let_go() -> None:
    """Leave nothing in a buffer that Python would try to write, and complain of, at exit."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            try:
                stream.flush()
            except OSError:
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


# --- the command line -------------------------------------------------------------------------------------------------


def _parser(name: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=name, description="Find password logins to Salesforce in a repository and rewrite them.", epilog=EPILOG
    )
    parser.add_argument("--version", action="version", version=f"orgkey-codemod {__version__}")
    parser.add_argument("--explain", metavar="CODE", help="say what a rule finds and what it makes of it")
    commands = parser.add_subparsers(dest="command", metavar="{check,fix}")
    for command, what in (("check", "find, and write nothing"), ("fix", "apply what is safe")):
        _add_options(commands.add_parser(command, help=what, description=f"{what.capitalize()}.", epilog=EPILOG))
    commands.choices["fix"].add_argument(
        "--allow-dirty", action="store_true", help="write although git has changes that are not committed"
    )
    return parser


def _add_options(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("paths", nargs="*", type=Path, help="folders and files; the current folder by default")
    add("--flow", choices=["jwt", "client-credentials"], help="the grant to move to")
    add("--style", choices=["orgkey", "native"], help="this project's classes, or the library's own arguments")
    add("--select", action="append", default=[], metavar="CODES", help="only these rules, or families: SFA1,SFA501")
    add("--ignore", action="append", default=[], metavar="CODES", help="all but these rules")
    add("--exclude", action="append", default=[], metavar="GLOB", help="files or folders to pass over")
    add("--include", action="append", default=[], metavar="GLOB", help="only these files")
    add("--unsafe", action="store_true", help="also what needs review")
    add("--diff", action="store_true", help="print what would change, secrets masked, and write nothing")
    add("--docs", action="store_true", default=None, help="samples in documents too")
    add("--tests", action="store_true", default=None, help="what tests patch and assert, too")
    add("--format", choices=["text", "json", "github", "sarif"], default="text", help="text by default")
    add("--config", type=Path, metavar="FILE", help="instead of [tool.orgkey-migrate] in the nearest pyproject.toml")
    add("--jobs", type=_jobs, metavar="N", help="processes that search a large tree; one for each core by default")


def _jobs(text: str) -> int:
    with suppress(ValueError):
        if (number := int(text)) >= 1:
            return number
    raise argparse.ArgumentTypeError(f"has to be 1 or more, and not {text!r}")


def _explain(code: str, name: str, packs: Sequence[Rule]) -> int:
    from orgkey_codemod.rules import RULES

    everything = [*RULES, *packs]
    rules = [rule for rule in everything if rule.code == code.upper()]
    if not rules:
        codes = ", ".join(dict.fromkeys(rule.code for rule in everything))
        _tell(f"{name}: there is no rule {code}; there are {codes}")
        return USAGE
    first, *others = rules
    _say(f"{first.code}: {first.title}\n\n{first.explanation}")
    for rule in others:
        also = f"Also {rule.title}. " if rule.title != first.title else ""
        _say(f"\n{also}{rule.explanation}")
    for example in (example for rule in rules for example in rule.examples):
        _say("\nbefore:\n" + _indented(example.before))
        if example.after is not None:
            _say("after:\n" + _indented(example.after))
        else:
            _say(_with_unsafe(example, everything))
    return CLEAN


def _with_unsafe(example: Example, rules: Sequence[Rule]) -> str:
    """What a fix makes of an example that it does not touch by default."""
    from pathlib import PurePosixPath

    from orgkey_codemod import check
    from orgkey_codemod.model import Options, Tree
    from orgkey_codemod.python.editing.cleanup import cleanup

    path = PurePosixPath(example.path)
    tree = Tree(Options(), {path: example.before.encode()})
    changed = check.rewrite(tree, check.examine(tree, rules), unsafe=True, cleanup=cleanup).changed
    if path not in changed:
        return "after: that is left to you\n"
    return "after, with --unsafe:\n" + _indented(changed[path].decode())


def _indented(text: str) -> str:
    return "".join(f"    {line}" if line.strip() else line for line in text.splitlines(keepends=True))


# --- a run ------------------------------------------------------------------------------------------------------------


def _report(options: argparse.Namespace, name: str, packs: Sequence[Rule]) -> Report:
    from orgkey_codemod import config
    from orgkey_codemod.run import Wish, run
    from orgkey_codemod.shares import processes

    def rules() -> tuple[Rule, ...]:
        from orgkey_codemod import check, report  # noqa: F401  # what the rules' findings go through, loaded with them
        from orgkey_codemod.rules import RULES

        return (*RULES, *packs)

    paths: list[Path] = options.paths or [Path()]
    for path in paths:  # before anything is written
        _look_at(path)
    outcomes = []
    with _progress(quiet=options.format != "text") as progress:
        for path in paths:
            settings = _settings(config.read(options.config) if options.config else config.nearest(path), options)
            if settings.options.select or settings.options.ignore:
                config.check_codes(settings, {rule.code for rule in rules()})
            wish = Wish(
                settings,
                rules,
                writes=options.command == "fix" and not options.diff,
                shows_diff=options.diff,
                unsafe=options.unsafe,
                allow_dirty=options.command == "fix" and options.allow_dirty,
                jobs=processes(options.jobs),
                progress=progress,
            )
            outcomes.append(run(path, wish))
    from orgkey_codemod.report import Report

    return Report(outcomes, name, _asked(options))


class _UnseenError(Exception):
    """An argument in a folder that this user may not enter: nobody knows what is there."""


def _look_at(path: Path) -> None:
    try:
        path.stat()
    except PermissionError as error:
        raise _UnseenError(f"{path} cannot be looked at: {error.strerror}. Run as a user who may enter it") from None
    except (OSError, ValueError):
        raise FileNotFoundError(f"there is no {path}") from None


def _asked(options: argparse.Namespace) -> tuple[str, ...]:
    """What the command line says of files and of what to make of them, which the next command has to say again."""
    given = [
        f"--{option}={value}"
        for option in ("flow", "style", "select", "ignore", "exclude", "include", "config")
        for value in _listed(getattr(options, option))
    ]
    given += [f"--{switch}" for switch in ("docs", "tests") if getattr(options, switch)]
    return (*given, *(str(path) for path in options.paths if options.paths != [Path()]))


def _listed(value: object) -> list[object]:
    """The values of an option, which may be given once, often or not at all."""
    return value if isinstance(value, list) else [] if value is None else [value]


def _settings(config: Config, options: argparse.Namespace) -> Config:
    """The configuration, with what the command line says instead or in addition."""
    from orgkey_codemod.model import Flow, Style

    chosen = config.options
    if options.flow:
        chosen = replace(chosen, flow=Flow(options.flow))
    if options.style:
        chosen = replace(chosen, style=Style(options.style))
    select, ignore = (
        tuple(code.strip().upper() for codes in given for code in codes.split(",") if code.strip())
        for given in (options.select, options.ignore)
    )
    chosen = replace(
        chosen,
        docs=options.docs or chosen.docs,
        tests=options.tests or chosen.tests,
        select=select or chosen.select,
        ignore=(*chosen.ignore, *ignore),
    )
    return replace(
        config,
        options=chosen,
        exclude=(*config.exclude, *options.exclude),
        include=tuple(options.include) or config.include,
    )


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Progress | None]:
    """Where a person waits at a terminal, a bar that says how far the work is, and goes at the end."""
    if quiet or sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    shown = False

    def progress(doing: str, done: int, total: int) -> None:
        nonlocal shown
        if total >= _LONG:
            shown = True
            filled = _BAR * done // total
            bar = f"[{'#' * filled}{'-' * (_BAR - filled)}]"
            sys.stderr.write(f"\r{doing} {bar} {done:,} of {total:,} files\033[K")
            sys.stderr.flush()

    try:
        yield progress
    finally:
        if shown:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()
