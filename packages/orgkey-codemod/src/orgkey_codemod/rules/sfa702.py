"""SFA702: the manifest of a program that is rewritten, which needs the package of the drop-in."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from orgkey_codemod.model import Finding, Flow, Level, Rule, Style
from orgkey_codemod.plain.manifests import is_manifest, needs_of
from orgkey_codemod.plain.settings import source_of
from orgkey_codemod.python.forms import outcomes
from orgkey_codemod.python.libraries import Kind
from orgkey_codemod.python.plumbing import plumbing_of
from orgkey_codemod.python.verdicts import verdicts_of

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
    for verdict in verdicts_of(tree).logins:
        client, path = verdict.login.client, verdict.login.module.path
        if client.distribution is None or verdict.level is Level.REPORT or client.kind is Kind.WRAPPER:
            continue
        if verdict.departs or verdict.is_left(tree):
            continue
        if verdict.level is Level.SAFE:
            tree.libraries.setdefault(path, set()).add(client.distribution)
        if programs[client.distribution].get(path) is not Level.SAFE:
            programs[client.distribution][path] = verdict.level
    if tree.options.flow is Flow.JWT:
        programs["orgkey"] = {each.grant.module.path: Level.REVIEW for each in outcomes(tree) if each.edits}
    for distribution, levels in programs.items():
        yield from _of_distribution(tree, distribution, levels)


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
        for need in needs[manifest]:
            yield _finding(need, distribution, level, alone=manifest not in crowded)


def _needs(tree: Tree, distribution: str) -> dict[PurePosixPath, list[Need]]:
    """The manifests that name what is replaced, and do not name what replaces it."""
    found: dict[PurePosixPath, list[Need]] = {}
    for path in tree.files:
        if not is_manifest(path) or path in tree.readonly:
            continue
        source = source_of(tree, path)
        if source is None or any(needs_of(source, distribution)):
            continue
        needs = [need for library in _BESIDE[distribution] for need in needs_of(source, library)]
        if needs:
            found[path] = needs[:1]
    return found


def _nearest(program: PurePosixPath, needs: dict[PurePosixPath, list[Need]]) -> list[PurePosixPath]:
    """The manifests in the nearest folder above a program that has any; a list is compiled from its source."""
    for folder in program.parents:
        here = [path for path in needs if path.parent == folder]
        sources = [path for path in here if path.suffix == ".in"]
        if here:
            return sources or here
    below = [path for path in needs if path.parent.name == "requirements"]
    return [path for path in below if path.suffix == ".in"] or below


def _finding(need: Need, distribution: str, level: Level, *, alone: bool) -> Finding:
    source = need.source
    place = source.place(need.start, need.end)
    message = f"the rewritten code needs {distribution}"
    if need.is_too_old(_BESIDE[distribution][0]):
        message += f", which needs a later {_BESIDE[distribution][0]} than this line allows"
        return Finding("SFA702", Level.REVIEW, source.path, place, message)
    if need.is_generated:
        return Finding("SFA702", Level.REVIEW, source.path, place, f"{message}: add it where this list is made from")
    if source.path.suffix == ".in":
        message += "; compile the list anew afterwards"
    elif not alone:
        message += "; several manifests name the library, so say which one applies"
    is_safe = level is Level.SAFE and alone and source.path.suffix != ".in"
    edits = (need.followed_by(distribution),)
    return Finding("SFA702", Level.SAFE if is_safe else Level.REVIEW, source.path, place, message, edits=edits)


RULE = Rule(
    code="SFA702",
    title="the manifest of a rewritten program",
    explanation=(
        "The package of the drop-in is added behind the library that it replaces, unpinned; the old line stays, for "
        "the drop-in builds on the library. A rewritten password grant needs orgkey itself, behind the library that "
        "sends it. This is safe where exactly one manifest, written by hand, applies and admits a version that the "
        "drop-in supports. Where none was found, a run ends with the command to install it."
    ),
    examine=_examine,
)
