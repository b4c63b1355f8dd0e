"""One run over a tree: what the rules find in it, and what the files are once findings are fixed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

from orgkey_codemod import notebook, text
from orgkey_codemod.model import Failure, Level, Tree
from orgkey_codemod.python.editing.cleanup import is_used_elsewhere
from orgkey_codemod.suppress import ignores
from orgkey_codemod.verify import broken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import PurePosixPath

    from orgkey_codemod.model import Edit, Finding, Progress, Rule

__all__ = ["Rewrite", "examine", "rewrite"]

_SUPPRESSION: Final = b"orgkey:"


@dataclass(frozen=True)
class Rewrite:
    """What a fix makes of a tree."""

    changed: dict[PurePosixPath, bytes] = field(default_factory=dict)
    """The files that change, as they are afterwards."""
    fixed: tuple[Finding, ...] = ()
    failures: tuple[Failure, ...] = ()
    """Files that a rewrite would have broken; they stay as they are."""


def examine(tree: Tree, rules: Sequence[Rule], progress: Progress | None = None) -> list[Finding]:
    """Everything that the rules find and no comment suppresses, by files and places, each finding once."""
    found: dict[Finding, None] = {}
    for number, rule in enumerate(rules):
        if progress is not None:  # every rule looks at all files: what is left of the rules is left of the files
            progress("examining", len(tree.files) * number // len(rules), len(tree.files))
        found |= {finding: None for finding in rule.examine(tree) if not _is_suppressed(tree, finding)}
    return sorted(
        found, key=lambda each: (each.path, each.place.cell or 0, each.place.line, each.place.column, each.code)
    )


def _is_suppressed(tree: Tree, finding: Finding) -> bool:
    content = tree.files.get(finding.path, b"")
    if _SUPPRESSION not in content:
        return False
    if finding.place.cell is not None:
        lines = notebook.cell_lines(content, finding.place.cell)
    else:
        lines = content.decode("utf-8", "replace").splitlines()
    first = finding.place.line - 1
    return ignores(lines[first : max(finding.place.end_line, first + 1)], finding.code)


def rewrite(
    tree: Tree,
    findings: Iterable[Finding],
    *,
    unsafe: bool = False,
    cleanup: Callable[[Tree, PurePosixPath, Sequence[Edit]], Iterable[Edit]] | None = None,
) -> Rewrite:
    """Apply the edits of what is safe, and with ``unsafe`` of what needs review.

    A finding is fixed in all its files or in none: where one of them cannot be written, it stays, and so does
    everything else that touches that file. ``cleanup`` gives the edits that follow from all others of a file, such as
    imports that nothing uses any more.
    """
    levels = {Level.SAFE, Level.REVIEW} if unsafe else {Level.SAFE}
    chosen = [finding for finding in findings if finding.level in levels and finding.edits]
    failures: list[Failure] = []
    while True:
        changed, failure = _attempt(tree, chosen, cleanup)
        if failure is None:
            return Rewrite(changed, tuple(chosen), tuple(failures))
        failures.append(failure)
        chosen = [each for each in chosen if all(edit.path != failure.path for edit in each.edits)]


def _attempt(
    tree: Tree,
    chosen: Sequence[Finding],
    cleanup: Callable[[Tree, PurePosixPath, Sequence[Edit]], Iterable[Edit]] | None,
) -> tuple[dict[PurePosixPath, bytes], Failure | None]:
    by_path: dict[PurePosixPath, set[Edit]] = defaultdict(set)
    for finding in chosen:
        for edit in finding.edits:
            by_path[edit.path].add(edit)
    changed: dict[PurePosixPath, bytes] = {}
    for path, edits in by_path.items():
        before = tree.files[path]
        try:
            more = cleanup(tree, path, sorted(edits)) if cleanup is not None else ()
            after = text.apply(before, {*edits, *more})
        except text.OverlapError as error:
            return {}, Failure(path, str(error))
        problem = broken(path, before, after, partial(is_used_elsewhere, tree, path))
        if problem is not None:
            return {}, Failure(path, f"{problem}; it stays as it is")
        if after != before:
            changed[path] = after
    return changed, None
