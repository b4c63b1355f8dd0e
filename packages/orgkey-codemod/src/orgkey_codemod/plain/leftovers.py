"""Variables that an earlier fix left behind: no code names them any more, so the login that took their place tells."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from orgkey_codemod.learned import once
from orgkey_codemod.plain.kinds import kind_of
from orgkey_codemod.plain.readers import readers
from orgkey_codemod.python.along.keys import Keys
from orgkey_codemod.python.along.remnants import only_asked_for
from orgkey_codemod.python.reading.project import project_of
from orgkey_codemod.python.reading.values import env_read, origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import PurePosixPath

    from orgkey_codemod.model import Tree
    from orgkey_codemod.python.reading.module import Module
    from orgkey_codemod.python.reading.project import Project
    from orgkey_codemod.text import Source

__all__ = ["Leftovers", "leftovers_of"]

_PLAIN_NAMES: Final = ("SALESFORCE_", "SFDC_")
"""Beginnings that mean Salesforce wherever they stand; others need a sibling that a login reads."""
_PREFIX: Final = re.compile(r"^(?P<prefix>(?:\w+_)?(?:SALESFORCE|SFDC|SF)_)(?:USER|USERNAME|LOGIN|EMAIL|DOMAIN)$")
_USER: Final = re.compile(r"^(?P<prefix>\w+_)(?:USER|USERNAME|LOGIN|EMAIL)$")
"""What a login reads its user from; a check of a password that begins alike was that login's."""
_SHARED: Final = "SF_"
"""The beginning that Snowflake's variables have too."""
_SECRETS: Final = ("PASSWORD", "PASSWD", "PASS", "PWD", "SECURITY_TOKEN")
_MAYBE: Final = ("TOKEN",)
"""May be the token of an OAuth answer, so it counts only where a password with the same beginning is."""
_NEW: Final = ("SALESFORCE_CLIENT_ID", "SALESFORCE_PRIVATE_KEY")
_SNOWFLAKE: Final = re.compile(rb"(?i:snowflake)")


@dataclass(frozen=True)
class Leftovers:
    """The names that are left, and where they count."""

    tree: Tree
    keys: frozenset[str] = frozenset()
    siblings: frozenset[str] = frozenset()
    """Variables that the new logins read, and the new ones themselves."""
    programs: tuple[PurePosixPath, ...] = ()
    """The modules with the new logins."""
    asked: Keys = field(default_factory=Keys)
    """Those that code still asks for, and does nothing else with."""

    def covers(self, source: Source) -> bool:
        """Whether a file is for one of these programs: it lies above it, or gives its other variables a value."""
        path = source.path
        folder = path.parent
        if ".github" in folder.parts:
            folder = folder.parents[len(folder.parts) - folder.parts.index(".github") - 1]
        if any(program.is_relative_to(folder) for program in self.programs):
            return True
        return any(re.search(rf"\b{re.escape(name)}", source.text) for name in self.siblings)

    @cached_property
    def is_beside_snowflake(self) -> bool:
        """Whether some file of the tree speaks of Snowflake, whose variables may begin with ``SF_`` too."""
        return any(_SNOWFLAKE.search(content) for content in self.tree.files.values())


def leftovers_of(tree: Tree) -> Leftovers:
    """What is left in a tree, looked for once."""
    return once(tree, _search)


def _search(tree: Tree) -> Leftovers:
    project = project_of(tree)
    ours = [module for module in project.modules.values() if _is_ours(project, module)]
    if not ours:
        return Leftovers(tree)
    siblings = {key for module in ours for key in _read_by(project, module)}
    prefixes = {*_PLAIN_NAMES, *(match["prefix"] for key in siblings if (match := _PREFIX.match(key)))}
    there = "\n".join(content.decode("utf-8", "replace") for path, content in tree.files.items() if kind_of(path))
    asked = _asked(tree, {*prefixes, *_users(project, ours)})
    keys: set[str] = set()
    for prefix in prefixes:
        names = {prefix + word for word in _SECRETS if _is_left(tree, asked, there, prefix + word)}
        if names:
            names |= {prefix + word for word in _MAYBE if _is_left(tree, asked, there, prefix + word)}
        if not _is_a_settings_prefix(project, prefix):
            keys |= names
    programs = tuple(module.path for module in ours)
    return Leftovers(tree, frozenset(keys), frozenset({*siblings, *_NEW}), programs, asked)


def _asked(tree: Tree, prefixes: Iterable[str]) -> Keys:
    """What code still asks for though no login takes it, and what neither a script nor Snowflake may want."""
    project, known = project_of(tree), Leftovers(tree)
    found = Keys()
    for prefix in prefixes:
        if _is_a_settings_prefix(project, prefix) or (prefix == _SHARED and known.is_beside_snowflake):
            continue
        for words in (_SECRETS, _MAYBE):
            names = {prefix + word for word in words if not readers(tree, prefix + word)}
            passwords = any(key.startswith(prefix) for key in found.secrets)
            if words is _SECRETS or passwords:
                found = found.beside(only_asked_for(tree, names))
    return found


def _is_a_settings_prefix(project: Project, prefix: str) -> bool:
    """Whether code may put a beginning in front of the names of fields, as settings classes do."""
    quoted = re.compile(rf"[\"']{re.escape(prefix)}[\"']")
    return any(quoted.search(each.source.text) for each in project.modules.values())


def _is_ours(project: Project, module: Module) -> bool:
    """Whether a module logs in by orgkey, or by the arguments that ``--style native`` writes."""
    text = module.source.text
    if "orgkey" in text:
        tops = [alias.name for each in module.every(ast.Import) for alias in each.names]
        tops += [each.module or "" for each in module.every(ast.ImportFrom) if not each.level]
        if any(top.startswith("orgkey") for top in tops):
            return True
    return "SALESFORCE_PRIVATE_KEY" in text and any(
        key.startswith("SALESFORCE_PRIVATE_KEY") for key in _reads(project, module)
    )


def _reads(project: Project, module: Module) -> Iterator[str]:
    for node in (*module.every(ast.Call), *module.every(ast.Subscript)):
        read = env_read(project, module, node)
        if read is not None:
            yield read.key


def _read_by(project: Project, module: Module) -> Iterator[str]:
    """The variables that a module reads, and those that reach its logins from elsewhere."""
    yield from _reads(project, module)
    for _, value in _given(project, module):
        yield from (read.key for _, read in origin(project, module, value).reads)


def _users(project: Project, modules: Iterable[Module]) -> Iterator[str]:
    """How the variables begin that give the logins their users."""
    for module in modules:
        for name, value in _given(project, module):
            for _, read in origin(project, module, value).reads if name == "username" else ():
                match = _USER.match(read.key)
                if match is not None:
                    yield match["prefix"]


def _given(project: Project, module: Module) -> Iterator[tuple[str | None, ast.expr]]:
    """The arguments of calls of orgkey, and the names that they are given by."""
    for call in module.every(ast.Call):
        symbol = project.resolve(module, call.func)
        if symbol is not None and symbol.name.startswith("orgkey"):
            yield from (("username" if call.args[0] is value else None, value) for value in call.args)
            yield from ((word.arg, word.value) for word in call.keywords)


def _is_left(tree: Tree, asked: Keys, there: str, key: str) -> bool:
    """Whether a variable is set somewhere, and code names it in vain or not at all, and no script takes its value."""
    if not re.search(rf"\b{key}\b", there):
        return False
    if key not in asked.secrets and any(
        re.search(rf"\b{key}\b", each.source.text, re.IGNORECASE) for each in project_of(tree).modules.values()
    ):
        return False
    return not readers(tree, key)
