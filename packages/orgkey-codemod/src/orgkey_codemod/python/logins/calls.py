"""The calls that log in with a password, with their arguments by name, however they are given."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from orgkey_codemod.model import Reason
from orgkey_codemod.python.libraries import PASSWORDS, Client, ClientKind, client_of
from orgkey_codemod.python.reading.project import Symbol
from orgkey_codemod.python.reading.scopes import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_codemod.python.reading.module import Module
    from orgkey_codemod.python.reading.project import Project

__all__ = ["Given", "Login", "Subclass", "find", "read", "subclasses"]

_UNKNOWN: Final = Client("Salesforce", ClientKind.CLIENT, ("username", *PASSWORDS))


@dataclass(frozen=True)
class Given:
    """One argument: its value, and where it stands in the call."""

    value: ast.expr
    piece: int | None
    """Its number among the arguments of the call; None where it comes out of a dict or a tuple."""
    by_position: bool = False
    entry: tuple[ast.Dict | ast.Call, int] | None = None
    """The visible dict that it comes from, and its number in there."""


@dataclass(eq=False)
class Login:
    """A call that gives a Salesforce library what it needs to log in."""

    module: Module
    call: ast.Call
    client: Client
    symbol: Symbol
    given: dict[str, Given] = field(default_factory=dict)
    unresolved: bool = False
    """Whether more arguments come out of something that cannot be seen."""
    star: ast.Starred | None = None
    splat: ast.expr | None = None
    """The visible dict that a secret comes out of."""
    partial: bool = False

    def value(self, name: str) -> ast.expr | None:
        """The value of an argument; None where it is not given, or given as None."""
        given = self.given.get(name)
        if given is None or (isinstance(given.value, ast.Constant) and given.value.value is None):
            return None
        return given.value

    @property
    def has_password(self) -> bool:
        """Whether a password, or something that may hold one, is given."""
        return self.value("password") is not None or self.value("security_token") is not None

    @property
    def logs_in_otherwise(self) -> bool:
        """Whether a session, a key or a secret of an app is given."""
        names = ("session_id", "sessionId", "privatekey", "privatekey_file", "consumer_secret", "salesforce_client")
        return any(self.value(name) is not None for name in names)


@dataclass(eq=False)
class Subclass:
    """A class of the tree whose base logs in."""

    module: Module
    node: ast.ClassDef
    symbol: Symbol
    """The base."""
    hands_on: bool
    """Whether its ``__init__`` gives the base a password, or whatever it gets."""


def find(project: Project, wrappers: tuple[str, ...]) -> Iterator[Login]:
    """Every call of a library of the catalogue, or of a configured wrapper, that may log in with a password."""
    for module, call in project.calls():
        login = read(project, module, call, wrappers)
        if login is not None:
            yield login


def read(project: Project, module: Module, call: ast.Call, wrappers: tuple[str, ...] = ()) -> Login | None:
    """The login that a call is; None where it is none."""
    symbol = project.resolve(module, call.func)
    if symbol is None or symbol.parameter is not None:
        return _handed_on(project, module, call) or _unknown_callee(project, module, call, symbol)
    if symbol.name in {"functools.partial", "partial"} and call.args:
        return _partial(project, module, call)
    client = client_of(symbol.name)
    if client is None and symbol.home is not None and project.is_copy(symbol.home.path):
        name = symbol.name.rpartition(":")[2]
        client = client_of(f"simple_salesforce.{name}")
    if client is None and _copied_name(symbol.name):
        client = client_of(f"simple_salesforce.{symbol.name.rpartition('.')[2]}")
        symbol = Symbol(symbol.name, symbol.imports, Reason.VENDORED)
    if client is None and symbol.name in wrappers:
        client = Client(symbol.name.rpartition(".")[2], ClientKind.WRAPPER, ("username", *PASSWORDS))
    if client is None and symbol.trouble is Reason.DYNAMIC_IMPORT and _keywords(call).intersection(PASSWORDS):
        client = _UNKNOWN if "?" in symbol.name and "simple_salesforce" in module.source.text else None
    if client is None:
        return _handed_on(project, module, call) if symbol.definition is not None or symbol.home is None else None
    login = Login(module, call, client, symbol)
    _fill(project, login, 0)
    return login


def _copied_name(dotted: str) -> bool:
    return "." in dotted and "simple_salesforce" in dotted.split(".")[1:-1] and dotted.endswith(("Salesforce", "Login"))


def _keywords(call: ast.Call) -> set[str]:
    return {word.arg for word in call.keywords if word.arg}


def _partial(project: Project, module: Module, call: ast.Call) -> Login | None:
    symbol = project.resolve(module, call.args[0])
    client = client_of(symbol.name) if symbol is not None else None
    if symbol is None or client is None:
        return None
    login = Login(module, call, client, symbol, partial=True)
    _fill(project, login, 1)
    return login


def _handed_on(project: Project, module: Module, call: ast.Call) -> Login | None:
    """``retry(Salesforce, kwargs={"password": ...})``: the class and its arguments go through somebody else's hands."""
    for argument in call.args:
        if not isinstance(argument, ast.Name | ast.Attribute):
            continue
        symbol = project.resolve(module, argument)
        client = client_of(symbol.name) if symbol is not None else None
        if symbol is None or client is None:
            continue
        for value in [*call.args, *(word.value for word in call.keywords)]:
            if isinstance(value, ast.Dict) and "password" in {_text(key) for key in value.keys}:
                moved = Symbol(symbol.name, symbol.imports, Reason.DYNAMIC_IMPORT)
                login = Login(module, call, client, moved)
                _fill_dict(login, value)
                return login
        if _keywords(call).intersection(PASSWORDS):
            login = Login(module, call, client, Symbol(symbol.name, symbol.imports, Reason.DYNAMIC_IMPORT))
            _fill_keywords(project, login)
            return login
    return None


def _unknown_callee(project: Project, module: Module, call: ast.Call, symbol: Symbol | None) -> Login | None:
    """A call of who knows what with Salesforce's three arguments, in a module that speaks of the library."""
    if not _keywords(call).issuperset(("username", *PASSWORDS)) or "simple_salesforce" not in module.source.text:
        return None
    if symbol is None and isinstance(call.func, ast.Attribute):
        return None
    if isinstance(call.func, ast.Name) and symbol is None and module.scopes.owner.get(call.func) is None:
        return None
    login = Login(module, call, _UNKNOWN, Symbol("?", trouble=Reason.DYNAMIC_IMPORT))
    _fill(project, login, 0)
    return login


# --- arguments --------------------------------------------------------------------------------------------------------


def _fill(project: Project, login: Login, skipped: int) -> None:
    for position, argument in enumerate(login.call.args[skipped:]):
        if isinstance(argument, ast.Starred):
            login.star = argument
            _fill_star(project, login, argument, position)
            break
        if position < len(login.client.signature):
            login.given[login.client.signature[position]] = Given(argument, position + skipped, by_position=True)
    _fill_keywords(project, login)


def _fill_star(project: Project, login: Login, argument: ast.Starred, position: int) -> None:
    values = project.values_of(login.module, argument.value)
    visible = values[0] if len(values) == 1 else None
    if not isinstance(visible, ast.Tuple | ast.List):
        login.unresolved = True
        return
    for number, element in enumerate(visible.elts):
        if position + number < len(login.client.signature):
            login.given[login.client.signature[position + number]] = Given(element, None, by_position=True)


def _fill_keywords(project: Project, login: Login) -> None:
    call = login.call
    for number, word in enumerate(call.keywords, start=len(call.args)):
        if word.arg is not None:
            login.given[word.arg] = Given(word.value, number)
            continue
        visible = _visible_dict(project, login.module, word.value)
        if visible is None:
            login.unresolved = True
            continue
        before = set(login.given)
        _fill_dict(login, visible)
        if (set(login.given) - before) & {"username", *PASSWORDS}:
            login.splat = word.value


def _fill_dict(login: Login, visible: ast.Dict | ast.Call) -> None:
    if isinstance(visible, ast.Call):
        for number, word in enumerate(visible.keywords):
            if word.arg is not None:
                login.given.setdefault(word.arg, Given(word.value, None, entry=(visible, number)))
        return
    for number, (key, value) in enumerate(zip(visible.keys, visible.values, strict=True)):
        name = _text(key)
        if name is not None:
            login.given.setdefault(name, Given(value, None, entry=(visible, number)))


def _visible_dict(project: Project, module: Module, node: ast.expr) -> ast.Dict | ast.Call | None:
    """The one dict that a name stands for, if all of it can be seen and nothing changes it."""
    values = project.values_of(module, node)
    if len(values) != 1:
        return None
    value = values[0]
    if isinstance(node, ast.Name) and _is_changed(module, node):
        return None
    if isinstance(value, ast.Dict):
        return value if all(_text(key) is not None for key in value.keys) else None
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "dict" and not value.args:
        return value if all(word.arg is not None for word in value.keywords) else None
    return None


def _is_changed(module: Module, node: ast.Name) -> bool:
    owner = module.scopes.owner.get(node)
    if owner is None or len(owner.bindings[node.id]) != 1 or owner.bindings[node.id][0].kind is not Kind.ASSIGNED:
        return True
    for read in owner.uses.get(node.id, ()):
        around = module.parent(read)
        if isinstance(around, ast.Subscript) and isinstance(around.ctx, ast.Store | ast.Del):
            return True
        if isinstance(around, ast.Attribute) and around.attr in {"update", "setdefault", "pop", "clear"}:
            return True
    return False


def _text(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


# --- subclasses -------------------------------------------------------------------------------------------------------


def subclasses(project: Project) -> dict[ast.AST, Subclass]:
    """The classes of the tree below a class that logs in, however far below."""
    found: dict[ast.AST, Subclass] = {}
    classes = [(module, node) for module in project.relevant for node in module.every(ast.ClassDef)]
    grown = True
    while grown:
        grown = False
        for module, node in classes:
            if node in found:
                continue
            for base in node.bases:
                symbol = project.resolve(module, base)
                if symbol is None:
                    continue
                known = found.get(symbol.definition) if symbol.definition is not None else None
                client = client_of(symbol.name)
                if known is not None or (client is not None and client.kind is ClientKind.CLIENT):
                    root = known.symbol if known is not None else symbol
                    found[node] = Subclass(module, node, root, _hands_on(node))
                    grown = True
    return found


def _hands_on(node: ast.ClassDef) -> bool:
    for method in node.body:
        if isinstance(method, ast.FunctionDef) and method.name == "__init__":
            text = ast.unparse(method)
            for call in ast.walk(method):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "__init__":
                    words = _keywords(call)
                    splat = any(word.arg is None for word in call.keywords)
                    if words.intersection(PASSWORDS) or (splat and "password" in text) or len(call.args) > 1:
                        return True
    return False
