"""The command: ``orgkey-codemod check PATHS`` and ``orgkey-codemod fix PATHS``."""

from __future__ import annotations

import argparse
import fnmatch
import sys
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final, TextIO

from orgkey_codemod import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orgkey_codemod.config import Config
    from orgkey_codemod.discovery import Found
    from orgkey_codemod.model import Finding, Tree
    from orgkey_codemod.report import Outcome

__all__ = ["main"]

CLEAN: Final = 0
FOUND: Final = 1
USAGE: Final = 2
FAILED: Final = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns 0 where nothing is found, 1 for findings, 2 for wrong usage, 3 where a file failed."""
    options = _parser().parse_args(arguments)
    if options.explain:
        return _explain(options.explain)
    if options.command is None:
        _parser().print_usage(sys.stderr)
        return USAGE
    from orgkey_codemod.config import ConfigError

    try:
        return max(_run(path, options) for path in options.paths or [Path()])
    except (ConfigError, FileNotFoundError) as error:
        _say(f"orgkey-codemod: {error}", to=sys.stderr)
        return USAGE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="orgkey-codemod", description="Find password logins to Salesforce in a repository and rewrite them."
    )
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument("--explain", metavar="CODE", help="say what a rule finds and what it makes of it")
    commands = parser.add_subparsers(dest="command", metavar="{check,fix}")
    for name, what in (("check", "find, and write nothing"), ("fix", "apply what is safe")):
        command = commands.add_parser(name, help=what, description=f"{what.capitalize()}.")
        command.add_argument("paths", nargs="*", type=Path, help="folders and files; the current folder by default")
        command.add_argument("--flow", choices=["jwt", "client-credentials"], help="the grant to move to")
        command.add_argument(
            "--style", choices=["orgkey", "native"], help="this project's classes, or the library's own"
        )
        command.add_argument("--select", action="append", default=[], metavar="CODES", help="only these rules")
        command.add_argument("--ignore", action="append", default=[], metavar="CODES", help="all but these rules")
        command.add_argument("--exclude", action="append", default=[], metavar="GLOB", help="files to pass over")
        command.add_argument("--include", action="append", default=[], metavar="GLOB", help="only these files")
        command.add_argument("--docs", action="store_true", default=None, help="samples in documents too")
        command.add_argument("--tests", action="store_true", default=None, help="what tests patch and assert, too")
        command.add_argument("--format", choices=["text", "json", "github", "sarif"], default="text")
        command.add_argument("--config", type=Path, help="in the place of the folder's pyproject.toml")
        command.add_argument("--unsafe", action="store_true", help="also what needs review")
        command.add_argument("--diff", action="store_true", help="print what would change, and write nothing")
        if name == "fix":
            command.add_argument("--allow-dirty", action="store_true", help="write although git has open changes")
    return parser


def _say(text: str, *, to: TextIO | None = None) -> None:
    (to or sys.stdout).write(f"{text}\n")


def _explain(code: str) -> int:
    from orgkey_codemod.rules import RULES

    rules = [rule for rule in RULES if rule.code == code.upper()]
    if not rules:
        _say(f"orgkey-codemod: there is no rule {code}; there are {', '.join(r.code for r in RULES)}", to=sys.stderr)
        return USAGE
    for rule in rules:
        _say(f"{rule.code}: {rule.title}\n\n{rule.explanation}")
        for example in rule.examples:
            _say("\nbefore:\n" + _indented(example.before))
            if example.after is not None:
                _say("after:\n" + _indented(example.after))
    return CLEAN


def _indented(text: str) -> str:
    return "".join(f"    {line}" if line.strip() else line for line in text.splitlines(keepends=True))


# --- one path ---------------------------------------------------------------------------------------------------------


def _run(path: Path, options: argparse.Namespace) -> int:
    from orgkey_codemod import check, config, report, write
    from orgkey_codemod.masking import masker
    from orgkey_codemod.model import Tree
    from orgkey_codemod.python.cleanup import cleanup
    from orgkey_codemod.rules import RULES

    root, only = _root(path)
    settings = _settings(config.read(options.config or root / "pyproject.toml"), options)
    writing = options.command == "fix" and not options.diff
    if writing and not options.allow_dirty and write.is_dirty(root):
        _say(
            f"orgkey-codemod: {root} has changes that are not committed. Commit them, so that `git restore` can undo"
            " the rewrite, or say --allow-dirty.",
            to=sys.stderr,
        )
        return USAGE
    found = _discover(root, options)
    files = {name: text for name, text in found.files.items() if _is_wanted(str(name), settings, options)}
    failures = list(found.failures)
    tree = Tree(settings.options, files, untracked=found.untracked, vendored=found.vendored, failures=failures)
    findings = [each for each in check.examine(tree, RULES) if _is_selected(each, settings)]
    if only:
        findings = [each for each in findings if each.path in only and {edit.path for edit in each.edits} <= only]
        tree.failures = [each for each in tree.failures if each.path in only]
    rewrite = check.rewrite(tree, findings, unsafe=options.unsafe, cleanup=cleanup)
    failures = [*tree.failures, *rewrite.failures]
    if options.diff:
        for line in report.diff(tree.files, rewrite.changed, masker(tree)):
            _say(line)
    if writing:
        failures += write.write(root, tree.files, rewrite.changed)
    done = frozenset(rewrite.fixed) if writing else frozenset()
    outcome = report.Outcome(findings, done, failures, found.scanned, len(files), rewrite.changed)
    for line in report.FORMATS[options.format](outcome):
        _say(line)
    if options.format == "text":
        _advise(tree, outcome, writing=writing)
    return _exit_code(outcome)


def _root(path: Path) -> tuple[Path, frozenset[PurePosixPath]]:
    """The folder to look at, and the files to speak of: whether a name is dead depends on its neighbours."""
    if not path.exists():
        raise FileNotFoundError(f"there is no {path}")
    resolved = path.resolve()
    return (
        (resolved, frozenset()) if resolved.is_dir() else (resolved.parent, frozenset({PurePosixPath(resolved.name)}))
    )


def _discover(root: Path, options: argparse.Namespace) -> Found:
    """Search the tree; where a person waits at a terminal, a bar shows that something happens."""
    from orgkey_codemod import discovery

    if options.format != "text" or not sys.stderr.isatty():
        return discovery.discover(root)
    from rich.console import Console

    with Console(stderr=True).status("looking for files") as status:
        return discovery.discover(root, tick=lambda count: status.update(f"{count:,} files looked at"))


def _settings(config: Config, options: argparse.Namespace) -> Config:
    """The configuration, with what the command line says instead."""
    from orgkey_codemod.model import Flow, Style

    chosen = config.options
    if options.flow:
        chosen = replace(chosen, flow=Flow(options.flow))
    if options.style:
        chosen = replace(chosen, style=Style(options.style))
    chosen = replace(chosen, docs=options.docs or chosen.docs, tests=options.tests or chosen.tests)
    select, ignore = (
        tuple(code for codes in given for code in codes.split(",")) for given in (options.select, options.ignore)
    )
    return replace(config, options=chosen, select=select or config.select, ignore=(*config.ignore, *ignore))


def _is_selected(finding: Finding, config: Config) -> bool:
    chosen = not config.select or finding.code.startswith(config.select)
    return chosen and not (config.ignore and finding.code.startswith(config.ignore))


def _is_wanted(name: str, config: Config, options: argparse.Namespace) -> bool:
    excluded = any(fnmatch.fnmatch(name, glob) for glob in (*config.exclude, *options.exclude))
    return not excluded and (not options.include or any(fnmatch.fnmatch(name, glob) for glob in options.include))


def _advise(tree: Tree, outcome: Outcome, *, writing: bool) -> None:
    """What the code cannot do itself."""
    needed = sorted({name for names in tree.libraries.values() for name in names})
    if writing and outcome.fixed:
        if needed:
            _say(f"install: python -m pip install {' '.join(needed)}")
        _say("undo: git restore " + " ".join(sorted(str(path) for path in outcome.changed)))
        _say("The old password and token are still valid, and in the history: change and reset them in Salesforce.")


def _exit_code(outcome: Outcome) -> int:
    if outcome.failures:
        return FAILED
    return FOUND if any(finding not in outcome.fixed for finding in outcome.findings) else CLEAN
