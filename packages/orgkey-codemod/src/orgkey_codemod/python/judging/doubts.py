"""Why a person should look at the rewrite of a login before it is made."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

from orgkey_codemod.model import Flow, Reason
from orgkey_codemod.python.choices.guards import guard_of
from orgkey_codemod.python.libraries import PASSWORDS, SECRETS, ClientKind
from orgkey_codemod.python.reading.uses import How, uses
from orgkey_codemod.python.reading.values import literals, writes_environment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orgkey_codemod.model import Options
    from orgkey_codemod.python.logins.calls import Login
    from orgkey_codemod.python.reading.project import Project
    from orgkey_codemod.python.reading.uses import Use

__all__ = ["doubts", "has_literal_secrets"]


def doubts(project: Project, login: Login, code: str, options: Options) -> Iterable[tuple[Reason | None, str]]:
    """The doubts about a login's rewrite: the reason, where the report has one, and the words."""
    if _is_one_of_many(login):
        yield None, "each record may be another org or user, and one key logs in to one: see orgkey-tenants"
    if has_literal_secrets(project, login):
        yield None, "the secret in the code has to be revoked"
    values = [value for name in SECRETS if (value := login.value(name)) is not None]
    if any(writes_environment(project, login.module, value) for value in values):
        yield None, "the variable was taken out of the environment here, and child processes will see it again"
    guard = guard_of(project, login.module, login.call, values)
    if guard is not None:
        line = login.module.place(guard).line
        yield None, f"without a password the test on line {line} leaves it out: take the password out of that first"
    for each in _taken_from_here(project, login)[:1]:
        yield None, f"its import goes by another name, and {each}"
    yield from _of_form(login, code, options)


def _of_form(login: Login, code: str, options: Options) -> Iterable[tuple[Reason | None, str]]:
    if options.flow is Flow.CLIENT_CREDENTIALS and not options.accept_run_as:
        yield None, "with client credentials the app's Run-As user acts, which may be another one"
    if code == "SFA104":
        yield None, "the dict that holds them may be used elsewhere"
    if code == "SFA106":
        yield None, "organizationId has no counterpart"
    if login.star is not None or sum(given.by_position for given in login.given.values()) > len(SECRETS):
        yield None, "what stays changes its position"
    if "sandbox" in login.given:
        yield None, "sandbox= is an argument of the past: write domain='test'"
    if login.client.kind is ClientKind.LOGIN and not _unpacked(login):
        yield None, "the pair that it returns is not unpacked here"
    if login.client.kind is ClientKind.WRAPPER:
        yield None, "it is a wrapper whose signature is not in this tree"
    if login.partial:
        yield None, "the arguments are kept for a later call"


def _taken_from_here(project: Project, login: Login) -> list[Use]:
    """What other modules use of ``import simple_salesforce``, whose name changes with the login."""
    found: list[Use] = []
    for each in login.symbol.imports:
        if isinstance(each.statement, ast.Import) and each.alias.asname is None:
            scope = each.module.scopes.scope_at(each.statement)
            others = uses(project, each.module, scope, each.alias.name.partition(".")[0])
            found += [use for use in others if use.path != each.module.path and use.how is not How.STAR]
    return found


_RECORDS: Final = re.compile(r"^(user|org|tenant|account|customer|row|record|rec|connection|conn|integration)s?\d*$")


def _is_one_of_many(login: Login) -> bool:
    """Whether user and password are fields of the same record: of a loop, a table or a customer."""
    values = [login.value("username"), login.value("password")]
    bases: list[ast.Name] = []
    for value in values:
        inner = [each for each in ast.walk(value) if isinstance(each, ast.Attribute | ast.Subscript)] if value else []
        bases += [each.value for each in inner[:1] if isinstance(each.value, ast.Name)]
    if len(bases) != len(values) or bases[0].id != bases[1].id:
        return False
    bindings = login.module.scopes.bindings_of(bases[0])
    is_looped = any(isinstance(each.statement, ast.For | ast.AsyncFor) for each in bindings if each.value is None)
    made = [ast.unparse(each.value) for each in bindings if each.value is not None]
    is_stored = any(".objects." in text or ".query" in text for text in made)
    return is_looped or is_stored or _RECORDS.match(bases[0].id) is not None


def _unpacked(login: Login) -> bool:
    around = login.module.parent(login.call)
    if not isinstance(around, ast.Assign) or len(around.targets) != 1:
        return False
    target = around.targets[0]
    return isinstance(target, ast.Tuple | ast.List) and len(target.elts) == 2  # noqa: PLR2004 - session id and host


def has_literal_secrets(project: Project, login: Login) -> bool:
    """Whether a secret of the login stands in the code."""
    values = [login.value(name) for name in PASSWORDS]
    return any(value is not None and literals(project, login.module, value) for value in values)
