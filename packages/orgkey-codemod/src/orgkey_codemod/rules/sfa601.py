"""SFA601: a variable with a password or token, in a file that gives programs their environment."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from orgkey_codemod.model import Finding, Level, Reason, Rule
from orgkey_codemod.plain.kinds import FileKind
from orgkey_codemod.plain.mcp import is_mcp
from orgkey_codemod.plain.readers import readers
from orgkey_codemod.plain.settings import edits_of, is_shared_with_snowflake, new_flow, settings_of
from orgkey_codemod.rules.checks import key_levels

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import PurePosixPath

    from orgkey_codemod.model import Tree
    from orgkey_codemod.plain.settings import Setting

__all__ = ["RULE"]

_EDITED: Final = frozenset({FileKind.EXAMPLE, FileKind.DOTENV, FileKind.COMPOSE, FileKind.WORKFLOW})
_ELSEWHERE: Final = frozenset({FileKind.DOCUMENT, FileKind.PIPELINE})  # SFA602 and SFA902 speak of them
_BY_HAND: Final = "no rewritten code reads {key} any more: take it out by hand, here and where the value is kept"
_GOES: Final = "no rewritten code reads {key} any more: it goes, and the variables of the new login take its place"
_ASKED: Final = "no login needs {key} any more, but code still asks for it by name: first that, then this line"
_MAYBE: Final = "{key} begins like the variables of Snowflake, which this file speaks of: look whose it is"
_NAMED_BY: Final = "; but {place} may read it"
_UNKNOWN_TO_GIT: Final = "no rewritten code reads {key} any more; git does not know this file, so it is left to you"


def _examine(tree: Tree) -> Iterator[Finding]:
    files: dict[PurePosixPath, list[Setting]] = defaultdict(list)
    for setting in settings_of(tree):
        if setting.kind not in _ELSEWHERE and not is_mcp(setting.source):
            files[setting.source.path].append(setting)
    for found in files.values():
        yield from _of_file(tree, found)


def _of_file(tree: Tree, found: list[Setting]) -> Iterator[Finding]:
    levels = {setting: _level(tree, setting) for setting in found}
    going = [each for each in found if levels[each][0] is not Level.REPORT and levels[each][1] is None]
    safe = [setting for setting in going if levels[setting][0] is Level.SAFE]
    flow = new_flow(tree, going)
    edits = edits_of(safe, flow)
    edits |= edits_of([setting for setting in going if setting not in safe], flow, beside=safe)
    for setting in found:
        level, reason, message = levels[setting]
        place = setting.source.place(setting.start, setting.start + len(_row(setting)))
        message = message.replace("{key}", setting.key)
        yield Finding("SFA601", level, setting.source.path, place, message, reason, edits.get(setting, ()))


def _level(tree: Tree, setting: Setting) -> tuple[Level, Reason | None, str]:
    if is_shared_with_snowflake(tree, setting):
        return Level.REPORT, Reason.AMBIGUOUS_PREFIX, _MAYBE
    if setting.source.path in tree.untracked:
        return Level.REPORT, None, _UNKNOWN_TO_GIT
    if setting.kind not in _EDITED:
        return Level.REPORT, Reason.NON_PYTHON, _BY_HAND
    level = key_levels(tree)[setting.key]
    if level is Level.REPORT:
        return Level.REPORT, None, _ASKED
    if setting.has_comment:
        return Level.REVIEW, Reason.COMMENT_LOSS, f"{_BY_HAND}; its comment would go with it"
    if not setting.is_whole_line:
        return Level.REVIEW, Reason.NON_PYTHON, _BY_HAND
    others = "".join(_NAMED_BY.format(place=place) for place in readers(tree, setting.key)[:1])
    return level if setting.kind is FileKind.EXAMPLE else Level.REVIEW, None, _GOES + others


def _row(setting: Setting) -> str:
    return setting.source.text[setting.start : setting.end].rstrip("\r\n")


RULE = Rule(
    code="SFA601",
    title="a password or token in .env files, compose files and workflows",
    explanation=(
        "Only variables count that the tree's own code reads for a login to Salesforce, and reads for nothing else. "
        "In an example file they go by default, once all code that reads them is rewritten; in a tracked .env, a "
        "compose file or a workflow with --unsafe. An untracked .env is never edited. Helm, Terraform, shell scripts "
        "and what else has its own tools are reported. Values are never shown and never copied."
    ),
    examine=_examine,
)
