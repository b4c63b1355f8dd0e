"""Environment variables that logins read, who else reads them, and what becomes of each read."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orgkey_codemod.learned import once
from orgkey_codemod.model import KeyUse, Level
from orgkey_codemod.python.along.forms import outcomes
from orgkey_codemod.python.along.plumbing import plumbing_of
from orgkey_codemod.python.judging.verdicts import verdicts_of
from orgkey_codemod.python.libraries import PASSWORDS
from orgkey_codemod.python.reading.project import project_of
from orgkey_codemod.python.reading.values import origin, reads

if TYPE_CHECKING:
    from orgkey_codemod.model import Tree
    from orgkey_codemod.python.along.forms import Outcome
    from orgkey_codemod.python.judging.verdict import Verdict
    from orgkey_codemod.python.reading.module import Module
    from orgkey_codemod.python.reading.scopes import Scope

__all__ = ["Keys", "keys_of"]


@dataclass
class Keys:
    """What is known of the environment of a tree's logins."""

    secrets: set[str] = field(default_factory=set)
    """Variables that hold a password or a token of a login."""
    reads: dict[ast.AST, Module] = field(default_factory=dict)
    """The reads by which logins get them, and the modules that they are in."""
    holders: set[tuple[Scope, str]] = field(default_factory=set)
    """The scopes and names that hold such a secret on its way."""

    def beside(self, others: Keys) -> Keys:
        """These and others."""
        return Keys(self.secrets | others.secrets, self.reads | others.reads, self.holders | others.holders)


def keys_of(tree: Tree) -> Keys:
    """The variables, looked for once; the rules for other files find them in ``tree.key_uses``."""
    return once(tree, _search)


def _search(tree: Tree) -> Keys:
    project = project_of(tree)
    found = Keys()
    for verdict in verdicts_of(tree).logins:
        _of_login(tree, verdict, found)
    for outcome in outcomes(tree):
        _of_grant(tree, outcome, found)
    known = {use.key for use in tree.key_uses}
    for home, node, key in reads(project, known):
        if key in known and node not in found.reads:
            role = "check" if _is_checked(home, node) else "other"
            tree.key_uses.append(KeyUse(key, role, home.path, node.lineno, Level.REPORT))
    return found


def _of_login(tree: Tree, verdict: Verdict, found: Keys) -> None:
    project, login = project_of(tree), verdict.login
    stays = verdict.level is Level.REPORT or verdict.is_left(tree)
    removed = plumbing_of(tree).removed
    for role in ("username", *PASSWORDS, "consumer_key", "consumer_secret"):
        value = login.value(role)
        if value is None:
            continue
        source = origin(project, login.module, value)
        for home, read in source.reads:
            level = Level.REPORT if stays else Level.SAFE if read.node in removed else Level.REVIEW
            use = KeyUse(read.key, role, home.path, read.node.lineno, level)
            if use not in tree.key_uses:
                tree.key_uses.append(use)
            found.reads[read.node] = home
            if role in PASSWORDS and not stays:
                found.secrets.add(read.key)
        if role in PASSWORDS and not stays:
            found.holders |= {(binding.scope, binding.name) for _, binding in source.bindings}


def _of_grant(tree: Tree, outcome: Outcome, found: Keys) -> None:
    """The variables of a password grant written by hand, whose reads go with it."""
    password = outcome.grant.fields().get("password")
    if password is None or not outcome.edits:
        return
    source = origin(project_of(tree), outcome.grant.module, password)
    for home, read in source.reads:
        if read.node in outcome.gone:
            tree.key_uses.append(KeyUse(read.key, "password", home.path, read.node.lineno, Level.REVIEW))
            found.reads[read.node] = home
            found.secrets.add(read.key)
    found.holders |= {(binding.scope, binding.name) for _, binding in source.bindings}


def _is_checked(module: Module, node: ast.AST) -> bool:
    """Whether a read only asks whether the variable is there."""
    here: ast.AST | None = node
    while here is not None and not isinstance(here, ast.stmt):
        if isinstance(here, ast.Compare) or (isinstance(here, ast.UnaryOp) and isinstance(here.op, ast.Not)):
            return True
        here = module.parent(here)
    return isinstance(here, ast.Assert | ast.If)
