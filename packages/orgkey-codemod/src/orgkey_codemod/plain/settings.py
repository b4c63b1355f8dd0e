"""Lines of plain files that give an environment variable its value, whatever the format is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orgkey_codemod import text
from orgkey_codemod.learned import once
from orgkey_codemod.model import Failure, Flow, Level, Place
from orgkey_codemod.plain.kinds import FileKind, kind_of
from orgkey_codemod.plain.leftovers import leftovers_of
from orgkey_codemod.plain.readers import readers
from orgkey_codemod.python.along.keys import keys_of
from orgkey_codemod.python.judging.verdicts import verdicts_of
from orgkey_codemod.python.libraries import PASSWORDS
from orgkey_codemod.python.reading.values import looks_secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import PurePosixPath

    from orgkey_codemod.model import Edit, Tree
    from orgkey_codemod.text import Source

__all__ = [
    "Setting",
    "edits_of",
    "is_secret",
    "is_shared_with_snowflake",
    "new_flow",
    "secret_keys",
    "settings_of",
    "source_of",
]

_SNOWFLAKE: Final = re.compile(r"\bSF_(ACCOUNT|WAREHOUSE|ROLE)\b|(?i:snowflake)")
_ASSIGNMENT: Final = r"""
    ^(?P<lead>[ \t]*(?:-[ \t]+)?(?P<quote>["']?)(?:(?:export|set|ENV|ARG)[ \t]+)?)
    (?P<key>{keys})(?P<middle>["']?[ \t]*[:=][ \t]*)(?P<value>.*?)(?P<comment>(?<=[ \t])\#.*)?[ \t]*\r?$
"""
_NAMED: Final = r"""^[ \t]*-?[ \t]*["']?name["']?[ \t]*[:=][ \t]*["']?(?P<key>{keys})["']?[ \t]*\r?$"""
_ANYWHERE: Final = r"""(?<![\w.$\{{-])(?P<key>{keys})["']?[ \t]*[:=](?P<value>[^=\s].*)?"""
_REFERENCE: Final = re.compile(r"^\$|\$\{|\{\{|^<|^%|\b(var|local|data|secrets|vars|env)\.|^!|^\{|ssm:|vault:")
_BLOCK_INDENT: Final = re.compile(r"[ \t]*")


@dataclass(frozen=True)
class Setting:
    """One variable and its value on one line of a file."""

    source: Source
    kind: FileKind
    key: str
    start: int
    """The first character of the line."""
    end: int
    """The character behind the line, its end included."""
    value: str = ""
    lead: str = ""
    middle: str = ""
    has_comment: bool = False
    is_whole_line: bool = False
    """Whether the line holds nothing else, so that it can go."""


def source_of(tree: Tree, path: PurePosixPath) -> Source | None:
    """The text of a plain file; None where it is none, which is told of: nobody knows what stands there."""
    try:
        return text.decode(path, tree.files[path])
    except text.UnreadableError as error:
        failure = Failure(path, str(error), Place(error.line))
        if failure not in tree.failures:
            tree.failures.append(failure)
        return None


def secret_keys(tree: Tree) -> dict[str, Level]:
    """The variables that hold a password or token of logins that go, and how far it can be trusted that they may go.

    ``Level.REPORT`` says that other code of the tree reads the variable too.
    """
    return once(tree, _secret_keys)


def _secret_keys(tree: Tree) -> dict[str, Level]:
    keys_of(tree)
    found: dict[str, Level] = {}
    for key in sorted({use.key for use in tree.key_uses if use.role in PASSWORDS}):
        uses = [use for use in tree.key_uses if use.key == key]
        if all(use.level is Level.REPORT for use in uses if use.role in PASSWORDS):
            continue
        if any(use.role not in {*PASSWORDS, "check"} for use in uses):
            found[key] = Level.REPORT
            continue
        is_safe = all(use.level is Level.SAFE for use in uses) and not readers(tree, key)
        found[key] = Level.SAFE if is_safe else Level.REVIEW
    return {**dict.fromkeys(leftovers_of(tree).keys, Level.REVIEW), **found}


def new_flow(tree: Tree, going: Sequence[Setting]) -> Flow | None:
    """The grant whose variables take the place of those that go from a file.

    None where another login of the code's own remains, and where an earlier fix has put them there.
    """
    left = leftovers_of(tree).keys
    if going and all(each.key in left for each in going) and "SALESFORCE_CLIENT_ID" in going[0].source.text:
        return None
    moving = [each for each in verdicts_of(tree).logins if each.level is not Level.REPORT]
    return None if moving and all(each.departs for each in moving) else tree.options.flow


def settings_of(tree: Tree) -> list[Setting]:
    """Every line of a plain file that sets one of these variables."""
    return once(tree, lambda tree: list(_settings(tree)))


def _settings(tree: Tree) -> Iterator[Setting]:
    keys, left = secret_keys(tree), leftovers_of(tree)
    if not keys:
        return
    names = "|".join(re.escape(key) for key in sorted(keys, key=len, reverse=True))
    patterns = [
        re.compile(pattern.format(keys=names), flags)
        for pattern, flags in ((_ASSIGNMENT, re.VERBOSE), (_NAMED, 0), (_ANYWHERE, 0))
    ]
    anything = re.compile("|".join(re.escape(key) for key in keys).encode())
    for path, content in tree.files.items():
        kind = kind_of(path)
        if kind is None or path in tree.readonly or not anything.search(content):
            continue
        source = source_of(tree, path)
        for setting in _of_file(source, kind, patterns) if source is not None else ():
            if setting.key in left.keys and not left.covers(setting.source):
                continue
            if keys[setting.key] is not Level.REPORT or is_shared_with_snowflake(tree, setting):
                yield setting


def _of_file(source: Source, kind: FileKind, patterns: list[re.Pattern[str]]) -> Iterator[Setting]:
    starts = source.line_starts
    for number, start in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else len(source.text)
        row = source.text[start:end].rstrip("\r\n")
        if row.lstrip().startswith(("#", "//")):
            continue
        assigned, named = (pattern.match(row) for pattern in patterns[:2])
        if assigned:
            yield Setting(
                source, kind, assigned["key"], start, end, assigned["value"], assigned["lead"], assigned["middle"],
                has_comment=bool(assigned["comment"]), is_whole_line=not _goes_on(source, assigned, kind, end),
            )  # fmt: skip
        elif named:
            yield Setting(source, kind, named["key"], start, end)
        else:
            anywhere = patterns[2].search(row)
            if anywhere:
                yield Setting(source, kind, anywhere["key"], start, end, (anywhere["value"] or "").strip())


def _goes_on(source: Source, assigned: re.Match[str], kind: FileKind, end: int) -> bool:
    """Whether the value of a mapping stands on the lines below."""
    if assigned["value"] or kind not in {FileKind.WORKFLOW, FileKind.COMPOSE}:
        return False
    below = source.text[end:].partition("\n")[0]
    indents = [_BLOCK_INDENT.match(row) for row in (below, assigned["lead"])]
    return bool(below.strip()) and len(indents[0].group()) > len(indents[1].group())  # type: ignore[union-attr]


def is_secret(setting: Setting) -> bool:
    """Whether the value stands there itself, and is no placeholder and no reference to somewhere else."""
    value = setting.value.strip().rstrip(",").strip("\"'")
    return bool(value) and not _REFERENCE.search(value) and looks_secret(value)


def is_shared_with_snowflake(tree: Tree, setting: Setting) -> bool:
    """Whether a variable may be Snowflake's, whose names begin alike: its own neighbours say so.

    Where no code names it any more, one word of Snowflake in the tree is enough.
    """
    if not setting.key.startswith("SF_"):
        return False
    left = leftovers_of(tree)
    return _SNOWFLAKE.search(setting.source.text) is not None or (setting.key in left.keys and left.is_beside_snowflake)


def edits_of(
    group: Iterable[Setting], flow: Flow | None, *, beside: Sequence[Setting] = ()
) -> dict[Setting, tuple[Edit, ...]]:
    """What takes each of the lines away, and puts the new variables where the first of a block was.

    ``group`` are lines of one file that may go. Where one of those ``beside`` them goes from the same block, it is the
    one that the new variables take the place of; without a ``flow`` there are none. Values are never copied.
    """
    edits: dict[Setting, tuple[Edit, ...]] = {}
    block: list[Setting] = []
    for setting in group:
        if block and not _same_block(block[-1], setting):
            edits |= _block_edits(block, flow, beside)
            block = []
        block.append(setting)
    return edits | _block_edits(block, flow, beside) if block else edits


def _same_block(one: Setting, other: Setting) -> bool:
    """Whether two lines belong to the same list or mapping: nothing between them is indented less."""
    one, other = sorted((one, other), key=lambda setting: setting.start)
    if one.lead != other.lead:
        return False
    indent = len(_BLOCK_INDENT.match(one.lead).group())  # type: ignore[union-attr]  # it matches anything
    between = one.source.text[one.end : other.start].splitlines()
    return all(len(_BLOCK_INDENT.match(row).group()) >= indent for row in between if row.strip())  # type: ignore[union-attr]


def _block_edits(block: list[Setting], flow: Flow | None, beside: Sequence[Setting]) -> dict[Setting, tuple[Edit, ...]]:
    if any(_same_block(block[0], other) for other in beside):
        return {setting: (_without(setting),) for setting in block}
    first = block[0]
    source = first.source
    here = _block_text(block)
    lines = [_line(first, name) for name in _new_names(first.kind, flow) if not re.search(rf"\b{name}\b", here)]
    ending = source.text[first.start : first.end][len(source.text[first.start : first.end].rstrip("\r\n")) :]
    edits: dict[Setting, tuple[Edit, ...]] = {}
    for setting in block:
        if setting is first and lines:
            body = (ending or source.newline).join(lines)
            edits[setting] = (source.edit(setting.start, setting.end - len(ending), body),)
        else:
            edits[setting] = (_without(setting),)
    return edits


def _block_text(block: list[Setting]) -> str:
    first, text_ = block[0], block[0].source.text
    if first.kind in {FileKind.EXAMPLE, FileKind.DOTENV}:
        return text_
    indent = len(_BLOCK_INDENT.match(first.lead).group())  # type: ignore[union-attr]
    rows: list[str] = []
    for step in (reversed(text_[: first.start].splitlines()), iter(text_[first.start :].splitlines())):
        for row in step:
            if row.strip() and len(_BLOCK_INDENT.match(row).group()) < indent:  # type: ignore[union-attr]
                break
            rows.append(row)
    return "\n".join(rows)


def _without(setting: Setting) -> Edit:
    source = setting.source
    start, end = setting.start, setting.end
    if end == len(source.text) and not source.text.endswith(("\n", "\r")) and start:
        start -= len(source.newline)  # a file that ends without a line end still does
    return source.edit(start, end)


def _new_names(kind: FileKind, flow: Flow | None) -> tuple[str, ...]:
    if flow is None:
        return ()
    if flow is Flow.CLIENT_CREDENTIALS:
        return "SALESFORCE_CLIENT_ID", "SALESFORCE_CLIENT_SECRET"
    if kind is FileKind.WORKFLOW:
        return "SALESFORCE_CLIENT_ID", "SALESFORCE_PRIVATE_KEY"  # a runner has no file of ours
    return "SALESFORCE_CLIENT_ID", "SALESFORCE_PRIVATE_KEY_FILE"


def _line(like: Setting, name: str) -> str:
    """A line for a new variable, written as its neighbour is."""
    value = like.value.strip()
    quote = value[0] if value[:1] in {'"', "'"} and value[-1:] == value[:1] else ""
    reference = {
        FileKind.WORKFLOW: f"${{{{ secrets.{name} }}}}",
        FileKind.COMPOSE: f"${{{name}}}",
        FileKind.DOCUMENT: "...",
    }.get(like.kind, "")
    closing = like.lead.lstrip(" \t-")[:1] if like.lead.rstrip().endswith(('"', "'")) else ""
    tail = closing if closing and not like.middle.lstrip().startswith(closing) else ""
    if value.startswith("{"):
        reference = value  # the declaration of a secret, which holds none
    middle = like.middle if quote or reference else like.middle.rstrip()
    return f"{like.lead}{name}{middle}{quote}{reference}{quote}{tail}"
