"""What the form of a password grant becomes; timeout, headers and what is made of the answer stay as they are."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from orgkey_codemod.learned import once
from orgkey_codemod.model import Flow, Reason, Style
from orgkey_codemod.python.along.plumbing import taken_along
from orgkey_codemod.python.editing.arguments import Pieces
from orgkey_codemod.python.judging.verdict import is_left
from orgkey_codemod.python.logins import imports, native
from orgkey_codemod.python.logins.grants import grants, senders, speaks_of_salesforce
from orgkey_codemod.python.logins.sending import is_made_to_be_sent
from orgkey_codemod.python.reading.project import project_of
from orgkey_codemod.python.reading.scopes import Kind
from orgkey_codemod.python.reading.values import is_pure, origin

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from orgkey_codemod.model import Edit, Options, Tree
    from orgkey_codemod.python.logins.grants import Grant
    from orgkey_codemod.python.reading.module import Module
    from orgkey_codemod.python.reading.project import Project

__all__ = ["Outcome", "outcomes"]

_JWT_BEARER: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_QUOTES: Final = ('"', "'")


@dataclass(frozen=True)
class Outcome:
    """What becomes of one password grant."""

    grant: Grant
    edits: tuple[Edit, ...] = ()
    """None where the form stays, for a person to look at."""
    removed: tuple[ast.expr, ...] = ()
    """The values that go with the edits."""
    gone: frozenset[ast.AST] = frozenset()
    """Every node of what goes, up to where the values come from."""
    reason: Reason | None = None


def outcomes(tree: Tree) -> list[Outcome]:
    """What becomes of each grant of the tree that goes to Salesforce, worked out once."""
    return once(tree, _outcomes)


def _outcomes(tree: Tree) -> list[Outcome]:
    project = project_of(tree)
    ours = (each for each in grants(project) if each.to_salesforce and each.module.path not in tree.readonly)
    found = [
        Outcome(each) if is_left(tree, each.module, each.node, "SFA301") else _outcome(project, each, tree.options)
        for each in ours
    ]
    for module in {each.grant.module for each in found}:  # what two of its grants share goes with both of them
        removed = [value for each in found if each.grant.module is module for value in each.removed]
        edits, gone = taken_along(tree, module, removed)
        found = [
            replace(each, edits=(*each.edits, *edits), gone=gone)
            if each.edits and each.grant.module is module
            else each
            for each in found
        ]
    return found


def _outcome(project: Project, grant: Grant, options: Options) -> Outcome:
    if options.flow is Flow.CLIENT_CREDENTIALS and not grant.has_my_domain:
        return Outcome(grant, reason=Reason.NO_MY_DOMAIN)
    password = grant.fields().get("password")
    if password is not None and origin(project, grant.module, password).person:
        return Outcome(grant, reason=Reason.USER_SUPPLIED_CREDENTIAL)
    try:
        if options.flow is Flow.CLIENT_CREDENTIALS:
            return _exchanged(grant, "client_credentials", {"username", "password"}, {"client_id", "client_secret"})
        if options.style is Style.NATIVE:  # simple-salesforce sends no form of others
            return Outcome(grant)
        return _signed(project, grant)
    except SyntaxError:
        return Outcome(grant)


def _signed(project: Project, grant: Grant) -> Outcome:
    """The form of JWT Bearer: an assertion takes the password's place, and the app's id and the user go into it."""
    module, fields = grant.module, grant.fields()
    url = _url(project, grant)
    environ, environ_import = native.environ(project, module)
    before, _ = module.source.line_span(module.start(fields.get("password", grant.node)))
    row = module.source.text[before:]
    indent = row[: len(row) - len(row.lstrip(" \t"))]
    inner = indent + ("\t" if indent.startswith("\t") else "    ")
    newline = module.source.newline
    words = [module.segment(fields[name]) for name in ("client_id", "username") if name in fields]
    assertion = (
        f'orgkey.JWTBearer({newline}{inner}{", ".join(words)}, "file:" + {environ}["SALESFORCE_PRIVATE_KEY_FILE"]'
        f"{newline}{indent}).assertion(orgkey.HostRules().origin({url}), orgkey.SYSTEM_CLOCK.now()).reveal()"
    )
    gone = {"client_id", "client_secret", "username"}
    outcome = _exchanged(grant, _JWT_BEARER, gone, {"client_id", "username"}, {"password": ("assertion", assertion)})
    if not outcome.edits:
        return outcome
    if not is_made_to_be_sent(project, module, grant.node):
        return Outcome(grant, reason=Reason.SIGNED_TOO_EARLY)
    removed = tuple(fields[name] for name in ("client_secret", "password") if name in fields)
    edits = (*outcome.edits, *environ_import, *imports.added(module, "orgkey"))
    return Outcome(grant, edits, removed, reason=outcome.reason)


def _exchanged(
    grant: Grant,
    kind: str,
    gone: Collection[str],
    needed: Collection[str],
    replaced: Mapping[str, tuple[str, str]] | None = None,
) -> Outcome:
    """The form with another grant type, without some fields, and with others in the place of some.

    Raises
    ------
    SyntaxError
        Where the form lacks a field, holds more than its text shows, or is used for more than one request.

    """
    module, form, fields, replaced = grant.module, grant.form, grant.fields(), replaced or {}
    if form is None or not {*needed, "password"} <= fields.keys() or not _is_only_sent(grant):
        raise SyntaxError("not a form with these fields")
    is_dict = isinstance(form, ast.Dict)
    pieces = Pieces.of_dict(module, form) if isinstance(form, ast.Dict) else Pieces.of_call(module, form)
    names = list(fields)
    if len(names) != len(pieces.all):
        raise SyntaxError("the form has fields that are not written out")
    touched = [pieces.all[number] for number, name in enumerate(names) if name in {*gone, *replaced}]
    if any(piece.inside for piece in touched):
        return Outcome(grant, reason=Reason.COMMENT_LOSS)
    quote = module.segment(fields["grant_type"])[0]
    quote = quote if quote in _QUOTES else '"'
    value = fields["grant_type"]
    edits = [module.source.edit(module.start(value), module.end(value), f"{quote}{kind}{quote}")]
    for name, (other, text) in replaced.items():
        piece = pieces.all[names.index(name)]
        field = f"{quote}{other}{quote}: {text}" if is_dict else f"{other}={text}"
        edits.append(module.source.edit(piece.start, piece.end, field))
    removal = pieces.without([number for number, name in enumerate(names) if name in gone])
    spoken_of = removal.loses_comment or any(piece.above or piece.behind for piece in touched)
    removed = tuple(fields[name] for name in names if name in gone)
    return Outcome(grant, (*edits, *removal.edits), removed, reason=Reason.COMMENT_LOSS if spoken_of else None)


def _is_only_sent(grant: Grant) -> bool:
    """Whether a form that has a name is given to one request and to nothing else."""
    module = grant.module
    around = module.parent(grant.node)
    if not isinstance(around, ast.Assign | ast.AnnAssign):
        return True
    targets = around.targets if isinstance(around, ast.Assign) else [around.target]
    scope = module.scopes.scope_at(around)
    names = [target.id for target in targets if isinstance(target, ast.Name)]
    if len(names) != 1 or len(targets) != 1 or len(scope.bindings[names[0]]) != 1 or names[0] in module.exported:
        return False
    uses = scope.uses.get(names[0], ())
    return len(uses) == 1 and any(uses[0] in ast.walk(call) for call in senders(module, grant.node))


# --- where the request goes -------------------------------------------------------------------------------------------


def _url(project: Project, grant: Grant) -> str:
    """The code of the URL that the request goes to, or of its origin, as it may stand in the form.

    Raises
    ------
    SyntaxError
        Where no one argument of the request is it, or where its value is not there yet when the form is made.

    """
    module = grant.module
    calls = senders(module, grant.node)
    found = {url for call in calls for url in _urls_of(module, call, grant)}
    if len(found) != 1:
        raise SyntaxError("no one URL in sight")
    url = found.pop()
    is_inside = any(grant.node in ast.walk(call) for call in calls)
    begin = _beginning(module, url)
    if begin and not begin.startswith("https://"):
        raise SyntaxError("a path, or no https")
    if not is_pure(project, module, url) or not (is_inside or _is_known(module, url, grant.node)):
        raise SyntaxError("the URL is not known where the form is")
    if not isinstance(url, ast.Constant):
        return module.segment(url)
    parts = urlsplit(str(url.value))
    return f'"{parts.scheme}://{parts.netloc}"'


def _urls_of(module: Module, call: ast.Call, grant: Grant) -> Iterator[ast.expr]:
    """The arguments of a call that hold Salesforce's token URL: the first or second, or one by name."""
    given = [*call.args[:2], *(word.value for word in call.keywords if word.arg in {"url", "fullurl", "token_url"})]
    for each in given:
        if speaks_of_salesforce(module, each) and not any(
            node is grant.node or isinstance(node, ast.Dict) for node in ast.walk(each)
        ):
            yield each


def _beginning(module: Module, node: ast.expr) -> str:
    """The text that a value begins with; nothing where that is not in sight."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr) and node.values:
        return _beginning(module, node.values[0])
    if isinstance(node, ast.FormattedValue):
        return _beginning(module, node.value)
    if isinstance(node, ast.BinOp):
        return _beginning(module, node.left)
    values = [each.value for each in module.scopes.bindings_of(node) if each.kind is Kind.ASSIGNED]
    return _beginning(module, values[0]) if len(values) == 1 and values[0] is not None else ""


def _is_known(module: Module, node: ast.expr, form: ast.expr) -> bool:
    """Whether all names of an expression have the same value where the form is made, some lines further up."""
    here = module.scopes.scope_at(module.statement(form))
    for name in ast.walk(node):
        if not isinstance(name, ast.Name) or (owner := module.scopes.owner.get(name)) is None:
            continue
        bindings = owner.bindings[name.id]
        if len(bindings) != 1:
            return False
        statement = bindings[0].statement
        is_later = statement is not None and module.start(statement) > module.start(form)
        if is_later and (owner is here or not owner.is_module):
            return False
    return True
