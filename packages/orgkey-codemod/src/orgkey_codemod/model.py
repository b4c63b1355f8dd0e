"""The records that every part of the codemod speaks in: findings, edits, and what the rules learned about a tree."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import PurePosixPath

    Progress = Callable[[str, int, int], None]
    """Told what is being done, how much of it is done, and how much there is."""


class Level(StrEnum):
    """How far a rewrite can be trusted."""

    SAFE = "safe"
    """Correct once the documented variables exist, with the same Salesforce user: `fix` applies it."""
    REVIEW = "review"
    """Right in most programs: applied with `--unsafe`, for a person to read."""
    REPORT = "report"
    """Nothing can be rewritten here; the message says what to do by hand."""


class Reason(StrEnum):
    """Why a finding is not fixed."""

    SPLAT_UNRESOLVED = "SPLAT_UNRESOLVED"
    STAR_IMPORT = "STAR_IMPORT"
    DYNAMIC_IMPORT = "DYNAMIC_IMPORT"
    PUBLIC_SIGNATURE = "PUBLIC_SIGNATURE"
    USER_SUPPLIED_CREDENTIAL = "USER_SUPPLIED_CREDENTIAL"
    NO_MY_DOMAIN = "NO_MY_DOMAIN"
    DUAL_PATH = "DUAL_PATH"
    SUBCLASS = "SUBCLASS"
    PY2_OR_SYNTAX = "PY2_OR_SYNTAX"
    GENERATED = "GENERATED"
    VENDORED = "VENDORED"
    NON_PYTHON = "NON_PYTHON"
    COMMENT_LOSS = "COMMENT_LOSS"
    NAME_SHADOWED = "NAME_SHADOWED"
    AMBIGUOUS_PREFIX = "AMBIGUOUS_PREFIX"
    MORE_THAN_A_CHECK = "MORE_THAN_A_CHECK"
    SIGNED_TOO_EARLY = "SIGNED_TOO_EARLY"


class Flow(StrEnum):
    """The grant that a rewrite moves to."""

    JWT = "jwt"
    CLIENT_CREDENTIALS = "client-credentials"


class Style(StrEnum):
    """What a rewrite writes: this project's drop-ins, or simple-salesforce's own arguments."""

    ORGKEY = "orgkey"
    NATIVE = "native"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file a finding is: lines and columns from 1, the end exclusive by column."""

    line: int
    column: int = 1
    end_line: int = 0
    end_column: int = 0
    cell: int | None = None
    """Number of the notebook cell, all cells counted from 1; lines count within it."""


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Bytes of one file that are replaced; offsets count in the file as it lies on disk."""

    path: PurePosixPath
    start: int
    end: int
    replacement: bytes


@dataclass(frozen=True, slots=True)
class Finding:
    """One use of a password, or something that a rewrite leaves behind.

    Its edits are applied together or not at all; the same edit may belong to several findings (an import that two
    calls share).
    """

    code: str
    level: Level
    path: PurePosixPath
    place: Place
    message: str
    reason: Reason | None = None
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """A file, or a cell of a notebook, that could not be read as what its name says; the others are not affected."""

    path: PurePosixPath
    message: str
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class KeyUse:
    """An environment variable that a login reads, and what becomes of that login."""

    key: str
    role: str
    """The constructor's argument that it feeds: username, password, security_token, consumer_key, ..."""
    path: PurePosixPath
    line: int
    level: Level
    """The level of the finding of the login: what no longer reads the key once that level is applied."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a person chose for one run."""

    flow: Flow = Flow.JWT
    style: Style = Style.ORGKEY
    docs: bool = False
    tests: bool = False
    wrappers: tuple[str, ...] = ()
    """Dotted names of functions that take username, password and token and return a client."""
    accept_run_as: bool = False
    """Client Credentials act as the app's Run-As user; with this set, that is no reason for a review."""
    select: tuple[str, ...] = ()
    """Codes of rules, or how families of them begin; empty for all."""
    ignore: tuple[str, ...] = ()

    def chooses(self, code: str) -> bool:
        """Whether a rule is to speak. What one that is not chosen would fix stays, and so does all that it uses."""
        return (not self.select or code.startswith(self.select)) and not (self.ignore and code.startswith(self.ignore))


@dataclass(slots=True)
class Tree:
    """One repository in one run: its files, and what the Python rules learned for the rules of other files."""

    options: Options
    files: dict[PurePosixPath, bytes]
    """The content of each file that may hold something (after the byte search), by its path below the argument."""
    key_uses: list[KeyUse] = field(default_factory=list)
    libraries: dict[PurePosixPath, set[str]] = field(default_factory=dict)
    """Distributions that a Python file needs where all of it is fixed, such as orgkey-simple-salesforce."""
    failures: list[Failure] = field(default_factory=list)
    """What could not be read; a Python file among them is left to the rules that read it as text."""
    untracked: frozenset[PurePosixPath] = frozenset()
    """Files that git does not know (empty where there is no repository)."""
    readonly: frozenset[PurePosixPath] = frozenset()
    """Files below ``files`` that are read and neither told of nor edited: somebody else's, or not asked for."""
    learned: dict[str, Any] = field(default_factory=dict)
    """What a family of rules keeps from one rule to the next, under its own name."""


@dataclass(frozen=True, slots=True)
class Example:
    """Code that a rule finds, and what it makes of it; a test runs each of them."""

    before: str
    after: str | None = None
    """None where the rule only reports, or edits with ``--unsafe`` only."""
    path: str = "app.py"


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of the catalogue."""

    code: str
    title: str
    explanation: str
    """What ``--explain`` prints: what is found, what a fix makes of it, and what remains to be done by hand."""
    examine: Callable[[Tree], Iterable[Finding]]
    examples: tuple[Example, ...] = ()
