"""SFA702: the manifest of a program that is rewritten, which needs the package of the drop-in."""

from __future__ import annotations

import ast
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from orgkey_codemod.model import Finding, Flow, Level, Rule, Style
from orgkey_codemod.plain.manifests import brings, is_manifest, needs_of
from orgkey_codemod.plain.settings import source_of
from orgkey_codemod.python.along.forms import outcomes
from orgkey_codemod.python.along.plumbing import plumbing_of
from orgkey_codemod.python.judging.verdicts import verdicts_of
from orgkey_codemod.python.libraries import ClientKind
from orgkey_codemod.python.reading.project import project_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import PurePosixPath

    from orgkey_codemod.model import Tree
    from orgkey_codemod.plain.manifests import Need

__all__ = ["RULE"]

_BESIDE: Final = {
    "orgkey-simple-salesforce": ("simple-salesforce",),
    "orgkey-langchain": ("langchain-salesforce",),
    "orgkey-llama-index": ("llama-index-tools-salesforce",),
    "orgkey": ("requests", "httpx", "aiohttp"),
}
"""The library whose line a package goes behind: what it replaces, or what a password grant was sent by."""


def _examine(tree: Tree) -> Iterator[Finding]:
    if tree.options.style is Style.NATIVE:
        return
    plumbing_of(tree)
    programs: dict[str, dict[PurePosixPath, Level]] = defaultdict(dict)
    rewritten = list(_rewritten(tree))
    for path, distribution, _ in rewritten:
        tree.libraries.setdefault(path, set()).add(distribution)
    for path, distribution, level in (*rewritten, *_imported(tree)):
        if programs[distribution].get(path) is not Level.SAFE:
            programs[distribution][path] = level
    for distribution, levels in programs.items():
        yield from _of_distribution(tree, distribution, levels)


def _rewritten(tree: Tree) -> Iterator[tuple[PurePosixPath, str, Level]]:
    """What code will import once its logins are rewritten."""
    for verdict in verdicts_of(tree).logins:
        client, path = verdict.login.client, verdict.login.module.path
        if client.distribution is None or verdict.level is Level.REPORT or client.kind is ClientKind.WRAPPER:
            continue
        if verdict.departs or verdict.is_left(tree):
            continue
        yield path, client.distribution, verdict.level
    if tree.options.flow is Flow.JWT:
        yield from ((each.grant.module.path, "orgkey", Level.REVIEW) for each in outcomes(tree) if each.edits)


def _imported(tree: Tree) -> Iterator[tuple[PurePosixPath, str, Level]]:
    """What code imports already, because an earlier fix wrote it, or a person."""
    for module in project_of(tree).modules.values():
        if "orgkey" not in module.source.text or module.path in tree.readonly:
            continue
        statements: list[ast.Import | ast.ImportFrom] = [*module.every(ast.Import), *module.every(ast.ImportFrom)]
        for statement in statements:
            names = [each.name for each in statement.names] if isinstance(statement, ast.Import) else [statement.module]
            for top in {(name or "").partition(".")[0] for name in names} if not _is_relative(statement) else ():
                distribution = top.replace("_", "-")
                if distribution in _BESIDE:
                    # without orgkey itself it may be what another library of the program brings along
                    is_sure = distribution != "orgkey" and not isinstance(module.parent(statement), ast.Try)
                    yield module.path, distribution, Level.SAFE if is_sure else Level.REVIEW


def _is_relative(statement: ast.Import | ast.ImportFrom) -> bool:
    return isinstance(statement, ast.ImportFrom) and bool(statement.level)


def _of_distribution(tree: Tree, distribution: str, levels: dict[PurePosixPath, Level]) -> Iterator[Finding]:
    needs = _needs(tree, distribution)
    applying: dict[PurePosixPath, Level] = {}
    crowded: set[PurePosixPath] = set()
    for program, level in levels.items():
        manifests = _nearest(program, needs)
        if len(manifests) > 1:
            crowded.update(manifests)
        for manifest in manifests:
            if applying.get(manifest) is not Level.SAFE:
                applying[manifest] = level
    for manifest, level in applying.items():
        yield _finding(needs[manifest], distribution, level, alone=manifest not in crowded)


def _needs(tree: Tree, distribution: str) -> dict[PurePosixPath, Need]:
    """The manifests that name what is replaced, and do not name what replaces it."""
    found: dict[PurePosixPath, Need] = {}
    for path in tree.files:
        if not is_manifest(path) or path in tree.readonly:
            continue
        source = source_of(tree, path)
        if source is None or brings(source, distribution):
            continue
        needs = [need for library in _BESIDE[distribution] for need in needs_of(source, library)]
        if needs:
            found[path] = next((need for need in needs if need.is_plain), needs[0])
    return found


def _nearest(program: PurePosixPath, needs: dict[PurePosixPath, Need]) -> list[PurePosixPath]:
    """The manifests in the nearest folder above a program that has any; a list is compiled from its source."""
    folders = [[path for path in needs if path.parent == folder] for folder in program.parents]
    here = next(filter(None, folders), [path for path in needs if path.parent.name == "requirements"])
    return [path for path in here if path.suffix != ".txt" or path.with_suffix(".in") not in here]


def _finding(need: Need, distribution: str, level: Level, *, alone: bool) -> Finding:
    source = need.source
    place = source.place(need.start, need.end)
    message = f"the rewritten code needs {distribution}"
    if need.is_too_old(_BESIDE[distribution][0]):
        message += f", which needs a later {_BESIDE[distribution][0]} than this line allows"
        return Finding("SFA702", Level.REVIEW, source.path, place, message)
    if need.is_generated:
        return Finding("SFA702", Level.REVIEW, source.path, place, f"{message}: add it where this list is made from")
    is_compiled = source.path.suffix == ".in"
    if is_compiled:
        message += "; compile the list anew afterwards"
    elif not alone and not need.is_plain:
        message += "; another manifest names the library too, and this line holds under a condition: see who needs it"
    # Whoever installs from a manifest gets the library by a plain line of it, and the code that asked for the library
    # asks for this package now: beside each such line it is missing, however many there are, and it changes none.
    is_safe = level is Level.SAFE and (alone or need.is_plain) and not is_compiled
    edits = (need.followed_by(distribution),)
    return Finding("SFA702", Level.SAFE if is_safe else Level.REVIEW, source.path, place, message, edits=edits)


RULE = Rule(
    code="SFA702",
    title="the manifest of a rewritten program",
    explanation=(
        "The package of the drop-in is added behind the library that it replaces, unpinned; the old line stays, for "
        "the drop-in builds on the library. A rewritten password grant needs orgkey itself, behind the library that "
        "sends it. This is safe in each manifest of the program that was written by hand and admits a version that the "
        "drop-in supports; where several name the library, by a plain line, without a marker, an extra or a group. A "
        "list that a tool made is left to that tool. Code that imports the package already is found too, where a "
        "manifest names the library alone. Where no manifest of the program names it then, a run ends with the command "
        "to install it."
    ),
    examine=_examine,
)
