"""The labelled cases: reads ``corpus/``, checks every label against the files it speaks of, and lays a case out.

``README.md`` beside this module describes the format and how the labels were decided.
"""

from __future__ import annotations

import difflib
import json
import shutil
import tomllib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["CORPUS", "REASONS", "RULES", "Case", "Finding", "LabelError", "Run", "Unparsed", "load", "read_case"]

CORPUS: Final = Path(__file__).with_name("corpus")
LABELS: Final = "case.toml"

# The catalogue: every rule, and the levels that a finding of it may have.
RULES: Final[Mapping[str, frozenset[str]]] = {
    code: frozenset(levels.split())
    for code, levels in {
        "SFA101": "safe review report",
        "SFA102": "review report",
        "SFA103": "safe review report",
        "SFA104": "review report",
        "SFA105": "review report",
        "SFA106": "review",
        "SFA107": "safe review report",
        "SFA108": "report",
        "SFA109": "review",
        "SFA201": "safe review report",
        "SFA202": "safe review report",
        "SFA203": "review report",
        "SFA301": "review report",
        "SFA302": "report",
        "SFA401": "review report",
        "SFA402": "review",
        "SFA403": "report",
        "SFA501": "safe review",
        "SFA502": "review",
        "SFA503": "review report",
        "SFA601": "safe review report",
        "SFA602": "review",
        "SFA701": "review",
        "SFA702": "safe review",
        "SFA801": "safe review report",
        "SFA901": "report",
        "SFA902": "report",
    }.items()
}

REASONS: Final = frozenset(
    {
        "SPLAT_UNRESOLVED",
        "STAR_IMPORT",
        "DYNAMIC_IMPORT",
        "PUBLIC_SIGNATURE",
        "USER_SUPPLIED_CREDENTIAL",
        "NO_MY_DOMAIN",
        "DUAL_PATH",
        "SUBCLASS",
        "PY2_OR_SYNTAX",
        "GENERATED",
        "VENDORED",
        "NON_PYTHON",
        "COMMENT_LOSS",
        "NAME_SHADOWED",
        "AMBIGUOUS_PREFIX",
        "MORE_THAN_A_CHECK",
        "SIGNED_TOO_EARLY",
    }
)

TRAPS: Final = frozenset(
    {
        "already-migrated",
        "another-class",
        "another-product",
        "no-login",
        "not-a-password",
        "session-id",
        "snowflake",
        "suppressed",
        "vendored",
        "virtualenv",
    }
)

# The options of the command that a case may ask for besides the paths.
OPTIONS: Final = frozenset({"--docs", "--tests", "--flow", "jwt", "client-credentials"})

_CASE_KEYS: Final = frozenset(
    {
        "about",
        "fixed",
        "finding",
        "keep",
        "note",
        "options",
        "question",
        "run",
        "secrets",
        "trap",
        "unparsed",
        "untracked",
    }
)
_FINDING_KEYS: Final = frozenset(
    {"also", "cell", "code", "end_line", "level", "line", "optional", "path", "reason", "text"}
)
_RUN_KEYS: Final = frozenset({"acts_as", "args", "domain", "entry", "env", "gone", "leftover", "org", "requires"})


class LabelError(ValueError):
    """A case whose labels are malformed or contradict its files; lists all that is wrong with it."""

    def __init__(self, case: str, problems: Iterable[str]) -> None:
        self.case = case
        self.problems = tuple(problems)
        super().__init__(f"{case}: " + "; ".join(self.problems))


@dataclass(frozen=True, slots=True)
class Finding:
    """One place that a check has to name."""

    code: str
    level: str
    path: str
    line: int
    end_line: int
    text: str = field(repr=False)
    reasons: tuple[str, ...] = ()
    cell: int | None = None
    also: tuple[str, ...] = ()
    optional: bool = False

    def covers(self, code: str, path: str, line: int, cell: int | None = None) -> bool:
        """Whether a finding that a tool reports is this one: same place, and a rule of the same family.

        A family is the first digit of the code. ``line`` is the tool's first line, counted within ``cell`` in a
        notebook.
        """
        families = {name[:4] for name in (self.code, *self.also)}
        place = path == self.path and cell == self.cell and self.line <= line <= self.end_line
        return place and code[:4] in families


@dataclass(frozen=True, slots=True)
class Unparsed:
    """A Python file or notebook cell that Python 3 cannot parse, and the first line it stumbles over."""

    path: str
    line: int
    cell: int | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """How the tree runs after a default fix: ``python ENTRY ARGS`` in it, with the core's own settings and ``env``.

    ``gone`` are variables that the code read before and no longer reads; ``leftover`` are password variables that it
    still reads because a finding that needs review stays. ``acts_as`` is the user that the org must see. ``org`` is
    ``production`` or ``sandbox``; ``domain`` a My Domain prefix (``acme.my``) that the code itself names. ``requires``
    are distributions that have to be installed.
    """

    entry: str
    acts_as: str
    args: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    gone: tuple[str, ...] = ()
    leftover: tuple[str, ...] = ()
    org: str = "production"
    domain: str | None = None
    requires: tuple[str, ...] = ()


@dataclass(frozen=True)
class Case:
    """One case: a small tree before, what a check must say of it, and what a default fix makes of it."""

    name: str
    folder: Path
    about: str
    fixed: bool
    findings: tuple[Finding, ...]
    trap: str | None = None
    note: str | None = None
    question: str | None = None
    options: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    untracked: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    unparsed: tuple[Unparsed, ...] = ()
    run: Run | None = None

    @property
    def family(self) -> str:
        """The folder of the corpus that the case is in."""
        return self.name.split("/")[0]

    @cached_property
    def before(self) -> Mapping[str, bytes]:
        """The tree as it is, by path; a symbolic link is left out, for the file it leads to is there."""
        return _tree(self.folder / "before")

    @cached_property
    def changed(self) -> Mapping[str, bytes]:
        """The files that a default fix changes, as it leaves them."""
        return _tree(self.folder / "after")

    @property
    def after(self) -> Mapping[str, bytes]:
        """The whole tree after a default fix."""
        return {**self.before, **self.changed}

    def lay_out(self, target: Path, *, after: bool = False) -> None:
        """Copy the tree into ``target``, modes and symbolic links included."""
        shutil.copytree(self.folder / "before", target, symlinks=True, dirs_exist_ok=True)
        if after and self.fixed:
            shutil.copytree(self.folder / "after", target, symlinks=True, dirs_exist_ok=True)

    def edited_lines(self, path: str) -> frozenset[int]:
        """The lines of ``before`` that a default fix changes or removes in ``path``, or inserts something in front of.

        A finding on one of them is never a false one, labelled or not: the fix touches that line.
        """
        if path not in self.changed:
            return frozenset()
        before, after = (tree[path].splitlines() for tree in (self.before, self.changed))
        edits = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
        spans = [range(start + 1, max(end, start + 1) + 1) for tag, start, end, *_ in edits if tag != "equal"]
        return frozenset(line for span in spans for line in span)

    def lines(self, finding: Finding) -> tuple[str, ...]:
        """The lines among which a finding's place is counted: those of its file, or of its cell in a notebook."""
        text = self.before[finding.path]
        if finding.cell is not None:
            cells = json.loads(text)["cells"]
            text = "".join(cells[finding.cell - 1]["source"]).encode() if finding.cell <= len(cells) else b""
        return tuple(line.decode(errors="replace") for line in text.splitlines())

    def span(self, finding: Finding) -> str:
        """The labelled lines of a finding."""
        return "\n".join(self.lines(finding)[finding.line - 1 : finding.end_line])


def load(corpus: Path = CORPUS) -> tuple[Case, ...]:
    """All cases, by name. Raises :class:`LabelError` for the first whose labels do not hold."""
    return tuple(read_case(path.parent, corpus) for path in sorted(corpus.glob(f"*/*/{LABELS}")))


def read_case(folder: Path, corpus: Path = CORPUS) -> Case:
    """Read and check one case. Raises :class:`LabelError` with everything that is wrong with it."""
    name = folder.relative_to(corpus).as_posix()
    try:
        labels = tomllib.loads((folder / LABELS).read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise LabelError(name, [f"{LABELS} is not TOML: {error}"]) from None
    unknown = _unknown_keys(labels)
    if unknown:
        raise LabelError(name, [f"{LABELS} has unknown keys: {', '.join(unknown)}"])
    try:
        case = _case(name, folder, labels)
    except (KeyError, TypeError) as error:
        raise LabelError(name, [f"{LABELS} lacks or misuses {error}"]) from None
    problems = list(_problems(case))
    if problems:
        raise LabelError(name, problems)
    return case


def _unknown_keys(labels: Mapping[str, Any]) -> list[str]:
    unknown = set(labels) - _CASE_KEYS
    for finding in labels.get("finding", []):
        unknown |= {f"finding.{key}" for key in set(finding) - _FINDING_KEYS}
    unknown |= {f"run.{key}" for key in set(labels.get("run", {})) - _RUN_KEYS}
    return sorted(unknown)


def _case(name: str, folder: Path, labels: Mapping[str, Any]) -> Case:
    return Case(
        name=name,
        folder=folder,
        about=labels["about"],
        fixed=labels["fixed"],
        findings=tuple(_finding(entry) for entry in labels.get("finding", [])),
        trap=labels.get("trap"),
        note=labels.get("note"),
        question=labels.get("question"),
        options=tuple(labels.get("options", ())),
        secrets=tuple(labels.get("secrets", ())),
        untracked=tuple(labels.get("untracked", ())),
        keep=tuple(labels.get("keep", ())),
        unparsed=tuple(
            Unparsed(entry["path"], entry["line"], entry.get("cell")) for entry in labels.get("unparsed", [])
        ),
        run=_run(labels["run"]) if "run" in labels else None,
    )


def _finding(entry: Mapping[str, Any]) -> Finding:
    reason = entry.get("reason", ())
    return Finding(
        code=entry["code"],
        level=entry["level"],
        path=entry["path"],
        line=entry["line"],
        end_line=entry.get("end_line", entry["line"]),
        text=entry["text"],
        reasons=(reason,) if isinstance(reason, str) else tuple(reason),
        cell=entry.get("cell"),
        also=tuple(entry.get("also", ())),
        optional=entry.get("optional", False),
    )


def _run(entry: Mapping[str, Any]) -> Run:
    return Run(
        entry=entry["entry"],
        acts_as=entry["acts_as"],
        args=tuple(entry.get("args", ())),
        env=entry.get("env", {}),
        gone=tuple(entry.get("gone", ())),
        leftover=tuple(entry.get("leftover", ())),
        org=entry.get("org", "production"),
        domain=entry.get("domain"),
        requires=tuple(entry.get("requires", ())),
    )


def _problems(case: Case) -> Iterator[str]:
    """What of the labels does not hold, told so that the label can be found and mended."""
    yield from _tree_problems(case)
    yield from _trap_problems(case)
    for finding in case.findings:
        yield from _finding_problems(case, finding)
    yield from _fix_problems(case)
    yield from _secret_problems(case)
    for unparsed in case.unparsed:
        if unparsed.path not in case.before:
            yield f"unparsed names {unparsed.path}, which is not in before/"
    if case.run is not None:
        yield from _run_problems(case, case.run)


def _tree_problems(case: Case) -> Iterator[str]:
    if not case.before:
        yield "before/ is missing or empty"
    if case.fixed != bool(case.changed):
        yield f"fixed is {case.fixed}, but after/ {'has' if case.changed else 'has no'} files"
    yield from (f"after/{path} is not in before/" for path in case.changed if path not in case.before)
    yield from (
        f"after/{path} equals before/{path}" for path, text in case.changed.items() if text == case.before.get(path)
    )
    for path in (*case.untracked, *case.keep):
        if not any(name == path or name.startswith(f"{path}/") for name in case.before):
            yield f"{path} is named, but not in before/"
    yield from (f"options has {option!r}, which is none" for option in case.options if option not in OPTIONS)


def _trap_problems(case: Case) -> Iterator[str]:
    if case.trap is None:
        if not case.findings:
            yield "has no finding and is no trap"
        return
    if case.trap not in TRAPS:
        yield f"trap {case.trap!r} is not one of {', '.join(sorted(TRAPS))}"
    if case.fixed or any(not finding.optional for finding in case.findings):
        yield "is a trap, so nothing may be demanded or changed"


def _finding_problems(case: Case, finding: Finding) -> Iterator[str]:
    where = f"{finding.code} at {finding.path}:{finding.line}"
    if finding.code not in RULES:
        yield f"{where}: no rule of the catalogue"
        return
    if finding.level not in RULES[finding.code]:
        yield f"{where}: level {finding.level} is not one of {', '.join(sorted(RULES[finding.code]))}"
    yield from (f"{where}: reason {reason} is not in the catalogue" for reason in set(finding.reasons) - REASONS)
    yield from (f"{where}: also names {code}, which is no rule" for code in set(finding.also) - set(RULES))
    if finding.level == "safe" and finding.reasons:
        yield f"{where}: is safe, so there is no reason against it"
    if finding.path not in case.before:
        yield f"{where}: no such file in before/"
        return
    lines = case.lines(finding)
    if not 1 <= finding.line <= finding.end_line <= len(lines):
        yield f"{where}: lines {finding.line} to {finding.end_line} are not within 1 to {len(lines)}"
    elif finding.text not in lines[finding.line - 1]:
        yield f"{where}: the line does not have the labelled text"


def _fix_problems(case: Case) -> Iterator[str]:
    for finding in case.findings:
        touched = finding.path in case.changed
        if finding.level == "safe" and not finding.optional and not touched:
            yield f"{finding.code} at {finding.path}:{finding.line}: is safe, but after/ does not change that file"
    safe = {finding.path for finding in case.findings if finding.level == "safe"}
    importing = {path for path in case.changed if b"orgkey_" in case.changed[path]}
    yield from (f"after/ changes {path}, where nothing is safe" for path in set(case.changed) - safe - importing)
    yield from (f"{path} is both kept and changed" for path in case.keep if path in case.changed)


def _secret_problems(case: Case) -> Iterator[str]:
    for secret in case.secrets:
        holders = [path for path, text in case.before.items() if secret.encode() in text]
        if not holders:
            yield "secrets names one that is not in before/"
        reported = {finding.path for finding in case.findings if finding.code == "SFA901"}
        yield from (
            f"{path} holds a secret that no SFA901 finding reports"
            for path in holders
            if path not in reported and path not in case.untracked and case.trap is None
        )


def _run_problems(case: Case, run: Run) -> Iterator[str]:
    if run.entry not in case.before:
        yield f"run.entry {run.entry} is not in before/"
    if run.org not in {"production", "sandbox"}:
        yield f"run.org is {run.org!r}"
    text = b"\n".join(case.before.values())
    names = (*run.env, *run.gone, *run.leftover)
    yield from (f"run names {name}, which nothing in before/ reads" for name in names if name.encode() not in text)
    if set(run.gone) & {*run.env, *run.leftover}:
        yield "run.gone names a variable that is still needed"


def _tree(folder: Path) -> dict[str, bytes]:
    if not folder.is_dir():
        return {}
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
