"""One argument of the command from its files to its outcome: search, examine, rewrite, write."""

from __future__ import annotations

import fnmatch
import re
import shlex
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from orgkey_codemod import discovery, write
from orgkey_codemod.model import Failure, Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from orgkey_codemod.check import Rewrite
    from orgkey_codemod.config import Config
    from orgkey_codemod.discovery import Found
    from orgkey_codemod.model import Finding, Place, Progress, Rule
    from orgkey_codemod.report import Outcome

__all__ = ["DirtyError", "Wish", "run"]

_ROTATE: Final = (
    "rotate: the old password and security token still work, and the history keeps them: change and reset them in "
    "Salesforce"
)
_ROUNDS: Final = 4
"""How far callers of callers are looked for; names are followed no further either."""
_FOLLOWING: Final = ("SFA5", "SFA6", "SFA7")
"""Rules whose edits are right only once the logins of other files are rewritten."""


class DirtyError(RuntimeError):
    """Work that is not committed, which a rewrite would mix with its own."""


@dataclass(frozen=True)
class Wish:
    """What the command is asked to do with each argument."""

    config: Config
    rules: Callable[[], Sequence[Rule]]
    """Loads the rules, which takes as long as a search of a thousand files: the search begins first."""
    writes: bool = False
    shows_diff: bool = False
    unsafe: bool = False
    allow_dirty: bool = False
    jobs: int = 1
    progress: Progress | None = None


def run(path: Path, wish: Wish) -> Outcome:
    """Search one argument, and fix it where that is wished.

    Raises
    ------
    DirtyError
        Where something would be written to a repository with changes that are not committed.

    """
    root, only = _root(path)
    if wish.writes and not wish.allow_dirty and write.is_dirty(root):
        raise DirtyError(
            f"{path} has changes that are not committed. Commit them, so that git can undo the rewrite, or say "
            "--allow-dirty."
        )
    found = discovery.discover(root, jobs=wish.jobs, meanwhile=wish.rules, progress=wish.progress)
    findings, tree = _widened(root, found, only, wish)
    asked = frozenset(
        name for name in found.files if name not in found.foreign and _is_asked_for(name, only, wish.config)
    )
    findings, tree = _chosen(findings, tree, wish)
    findings = [_within(each, asked) for each in findings if each.path in asked]
    tree.failures = [each for each in tree.failures if _is_asked_for(each.path, only, wish.config)]
    rewrite, refused = _rewrite(root, tree, findings, wish)
    changed = rewrite.changed
    shown = _diff(tree, changed) if wish.shows_diff and changed else ()
    late = write.write(root, tree.files, changed) if wish.writes else []
    lost = {failure.path for failure in late}
    fixed = [each for each in rewrite.fixed if lost.isdisjoint(edit.path for edit in each.edits)] if wish.writes else []
    from orgkey_codemod.report import Outcome

    return Outcome(
        findings,
        frozenset(fixed),
        _once([*tree.failures, *refused, *late]),
        len(only) or found.scanned,
        len(asked),
        changed,
        shown,
        _advice(path, root, tree, [each for each in changed if each not in lost]) if fixed else (),
        "" if path.is_absolute() else _prefix(path, only),
        _install(tree, {path: content for path, content in changed.items() if path not in lost}) if fixed else (),
        bool(fixed) and write.is_dirty(root),
    )


def _diff(tree: Tree, changed: Mapping[PurePosixPath, bytes]) -> tuple[str, ...]:
    from orgkey_codemod.masking import masker
    from orgkey_codemod.report import diff

    return tuple(diff(tree.files, changed, masker(tree)))


def _root(path: Path) -> tuple[Path, frozenset[PurePosixPath]]:
    """The folder to look at, and the files to speak of: whether a name is dead depends on its neighbours."""
    resolved = path.resolve()
    if resolved.is_dir():
        return resolved, frozenset()
    return resolved.parent, frozenset({PurePosixPath(resolved.name)})


def _is_asked_for(path: PurePosixPath, only: frozenset[PurePosixPath], config: Config) -> bool:
    """Whether the call speaks of a file. Of the others it is only read what they use."""
    return _is_wanted(str(path), config) if not only else path in only


def _within(finding: Finding, asked: frozenset[PurePosixPath]) -> Finding:
    """A finding is told even if its edits reach into files that were not asked for; only then it is not fixed."""
    return finding if asked.issuperset(edit.path for edit in finding.edits) else replace(finding, edits=())


def _prefix(path: Path, only: frozenset[PurePosixPath]) -> str:
    folder = (path.parent if only else path).as_posix()
    return "" if folder == "." else f"{folder}/"


def _is_wanted(name: str, config: Config) -> bool:
    if any(_matches(name, glob) for glob in config.exclude):
        return False
    return not config.include or any(_matches(name, glob) for glob in config.include)


def _matches(name: str, glob: str) -> bool:
    """Whether a file, or a folder that it is in, has a name like this: ``legacy``, ``legacy/*.py``, ``*.ipynb``."""
    bare = glob.strip("/").removeprefix("./")
    return fnmatch.fnmatch(name, bare) or fnmatch.fnmatch(name, f"{bare}/*") or fnmatch.fnmatch(name, f"*/{bare}/*")


def _tree(found: Found, only: frozenset[PurePosixPath], wish: Wish) -> Tree:
    others = {name for name in found.files if not _is_asked_for(name, only, wish.config)}
    return Tree(
        replace(wish.config.options, select=(), ignore=()),
        dict(found.files),
        untracked=found.untracked,
        readonly=found.vendored | found.foreign | others,
        failures=list(found.failures),
    )


# --- examining --------------------------------------------------------------------------------------------------------


def _examine(tree: Tree, wish: Wish) -> tuple[list[Finding], Tree]:
    """What is found; a file that a rule fails over is named and left out, and the others are examined without it."""
    from orgkey_codemod import check

    known = list(tree.failures)
    try:
        return check.examine(tree, wish.rules(), wish.progress), tree
    except Exception as error:
        culprits = {path for path in tree.files if _is_too_much(tree, path, wish)}
        if not culprits:
            raise
        kind = type(error).__name__
        failures = [Failure(path, f"cannot be examined ({kind}): look at it by hand") for path in sorted(culprits)]
        rest = {path: content for path, content in tree.files.items() if path not in culprits}
        return _examine(
            Tree(tree.options, rest, untracked=tree.untracked, readonly=tree.readonly, failures=[*known, *failures]),
            wish,
        )


def _widened(root: Path, found: Found, only: frozenset[PurePosixPath], wish: Wish) -> tuple[list[Finding], Tree]:
    """What is found, once every file is there that decides about a login: callers, and callers of these."""
    for _ in range(_ROUNDS):
        findings, tree = _examine(_tree(found, only, wish), wish)
        from orgkey_codemod.plain.leftovers import leftovers_of
        from orgkey_codemod.python.judging.callers import wanted

        asked = wanted(tree)
        asked.keys |= leftovers_of(tree).keys
        if not discovery.widen(root, found, asked, jobs=wish.jobs):
            return findings, tree
    return _examine(_tree(found, only, wish), wish)


def _chosen(findings: list[Finding], tree: Tree, wish: Wish) -> tuple[list[Finding], Tree]:
    """The findings of the chosen rules. What follows from a login that is not chosen is told of, and not fixed."""
    from orgkey_codemod import check

    options = wish.config.options
    if not options.select and not options.ignore:
        return findings, tree
    narrowed = Tree(options, tree.files, untracked=tree.untracked, readonly=tree.readonly, failures=tree.failures)
    fixable = {_identity(each): each for each in check.examine(narrowed, wish.rules())}
    chosen = (each for each in findings if options.chooses(each.code))
    return [fixable.get(_identity(each), replace(each, edits=())) for each in chosen], narrowed


def _identity(finding: Finding) -> tuple[str, PurePosixPath, Place]:
    return finding.code, finding.path, finding.place


def _is_too_much(tree: Tree, path: PurePosixPath, wish: Wish) -> bool:
    from orgkey_codemod import check

    alone = Tree(tree.options, {path: tree.files[path]}, untracked=tree.untracked, readonly=tree.readonly)
    try:
        check.examine(alone, wish.rules())
    except Exception:  # noqa: BLE001 - whatever a rule fails with, the other files are examined
        return True
    return False


# --- rewriting --------------------------------------------------------------------------------------------------------


def _rewrite(root: Path, tree: Tree, findings: Sequence[Finding], wish: Wish) -> tuple[Rewrite, list[Failure]]:
    """The rewrite, without what touches a file that cannot be changed: a finding is fixed everywhere or nowhere.

    What follows from other findings stays then as well: a login that stays may still read it.
    """
    from orgkey_codemod import check
    from orgkey_codemod.python.editing.cleanup import cleanup

    refused: list[Failure] = []
    chosen = list(findings)
    while True:
        rewrite = check.rewrite(tree, chosen, unsafe=wish.unsafe, cleanup=cleanup)
        more = [*rewrite.failures]
        more += write.unwritable(root, tree.files, list(rewrite.changed)) if wish.writes else []
        if not more:
            break
        refused += more
        barred = {failure.path for failure in refused}
        chosen = [
            each
            for each in findings
            if barred.isdisjoint(edit.path for edit in each.edits) and not each.code.startswith(_FOLLOWING)
        ]
    strangers = sorted(str(path) for path in rewrite.changed.keys() & tree.untracked)
    if wish.writes and strangers and not wish.allow_dirty and write.has_git(root):
        raise DirtyError(
            f"git does not know {', '.join(strangers)}, so that it could not undo the rewrite. Add and commit what "
            "is to stay, or say --allow-dirty."
        )
    return rewrite, refused


def _once(failures: Sequence[Failure]) -> list[Failure]:
    return list(dict.fromkeys(failures))


# --- what remains to be done ------------------------------------------------------------------------------------------


def _install(tree: Tree, written: Mapping[PurePosixPath, bytes]) -> tuple[str, ...]:
    """What has to be installed by hand, because no manifest of the program that imports it names it now."""
    from orgkey_codemod.plain.manifests import brings, is_manifest, serves
    from orgkey_codemod.plain.settings import source_of

    after = Tree(tree.options, {**tree.files, **written})
    manifests = {path: source for path in after.files if is_manifest(path) and (source := source_of(after, path))}
    needed: set[str] = set()
    for program in written.keys() & tree.libraries.keys():
        near = [source for path, source in manifests.items() if serves(path, program)]
        imported = (each for each in tree.libraries[program] if _imports(written[program], each))
        needed.update(each for each in imported if not any(brings(source, each) for source in near))
    return tuple(sorted(needed))


def _imports(content: bytes, distribution: str) -> bool:
    return re.search(rb"\b%b\b" % distribution.replace("-", "_").encode(), content) is not None


def _advice(path: Path, root: Path, tree: Tree, written: Sequence[PurePosixPath]) -> tuple[str, ...]:
    """How to undo what was written, and what no edit can do."""
    names = " ".join(shlex.quote(str(each)) for each in sorted(written))
    if written and not tree.untracked.issuperset(written) and write.has_git(root):
        folder = path if path.is_dir() else path.parent
        undo = f"undo: git -C {shlex.quote(str(folder))} restore -- {names}"
    else:
        undo = "undo: no git repository keeps the old files; your own copy does"
    return (
        undo,
        _ROTATE,
    )
