"""Password grants written by hand: the form of a token request, and the URL that it goes to."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_codemod.python.reading.module import Module
    from orgkey_codemod.python.reading.project import Project

__all__ = ["Grant", "grants", "senders", "speaks_of_salesforce", "spoken_of"]

_SALESFORCE: Final = re.compile(r"salesforce\.com|\.force\.com|/services/oauth2/token")
_MY_DOMAIN: Final = re.compile(r"\.my\.salesforce(-setup)?\.(com|mil)|\.cloudforce\.com", re.IGNORECASE)
_COMMON_HOST: Final = re.compile(r"\b(login|test)\.salesforce\.com", re.IGNORECASE)
_URL: Final = re.compile(r"https?://")
_REQUEST: Final = re.compile(r"grant_type|fetch_token|/services/Soap/")
_WORD: Final = re.compile(r"salesforce|sfdc|\bsf_", re.IGNORECASE)


@dataclass(frozen=True)
class Grant:
    """One request for a token by password."""

    module: Module
    node: ast.expr
    form: ast.Dict | ast.Call | None
    """The dict that is sent; None where the request is built in another way."""
    to_salesforce: bool
    """Whether the URL in sight is Salesforce's."""
    has_my_domain: bool
    has_common_host: bool = False
    """Whether a URL in sight is that of login or test."""

    def fields(self) -> dict[str, ast.expr]:
        """The fields of the form, by name."""
        if isinstance(self.form, ast.Dict):
            pairs = zip(self.form.keys, self.form.values, strict=True)
            return {
                key.value: value for key, value in pairs if isinstance(key, ast.Constant) and isinstance(key.value, str)
            }
        if isinstance(self.form, ast.Call):
            return {word.arg: word.value for word in self.form.keywords if word.arg}
        return {}


def spoken_of(module: Module) -> bool:
    """Whether a module, or its name, speaks of Salesforce at all."""
    return _WORD.search(f"{module.path}\n{module.source.text}") is not None


def grants(project: Project) -> Iterator[Grant]:
    """Every password grant of the tree that goes to Salesforce, or may."""
    for module in project.modules.values():
        text = module.source.text
        if not _REQUEST.search(text) or "password" not in text or not spoken_of(module) or project.is_copy(module.path):
            continue
        for form in module.every(ast.Dict):
            yield from _form(module, form)
        for call in module.every(ast.Call):
            yield from _form(module, call)
            yield from _by_library(module, call)
        for constant in module.every(ast.Constant):
            if isinstance(constant.value, str) and not _is_prose(module, constant):
                yield from _written(module, constant, constant.value)


def _form(module: Module, node: ast.Dict | ast.Call) -> Iterator[Grant]:
    if isinstance(node, ast.Call) and not (isinstance(node.func, ast.Name) and node.func.id == "dict"):
        return
    grant = Grant(module, node, node, to_salesforce=False, has_my_domain=False)
    kind = grant.fields().get("grant_type")
    if not isinstance(kind, ast.Constant) or kind.value != "password":
        return
    urls = _urls(module, node)
    ours = [url for url in urls if _SALESFORCE.search(url)]
    if urls and not ours:
        return
    my_domain = bool(ours) and all(_MY_DOMAIN.search(url) for url in ours)
    common = any(_COMMON_HOST.search(url) for url in ours)
    yield Grant(module, node, node, bool(ours), my_domain, common)


def _urls(module: Module, node: ast.AST) -> list[str]:
    """The URLs of the call that sends a form, or else all in the function, or the module, around it."""
    sending = [url for call in senders(module, node) for url in _urls_in(module, call)]
    if sending:
        return sending
    here: ast.AST | None = node
    while here is not None:
        if isinstance(here, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return _urls_in(module, here)
        here = module.parent(here)
    return _urls_in(module, module.tree)


def senders(module: Module, node: ast.AST) -> list[ast.Call]:
    """The calls that a form is an argument of, by itself or by its name."""
    around = module.parent(node)
    names: list[ast.AST] = [node]
    if isinstance(around, ast.Assign | ast.AnnAssign):
        targets = around.targets if isinstance(around, ast.Assign) else [around.target]
        scope = module.scopes.scope_at(around)
        names = [use for target in targets if isinstance(target, ast.Name) for use in scope.uses.get(target.id, ())]
    found: list[ast.Call] = []
    for name in names:
        here: ast.AST | None = name
        while here is not None and not isinstance(here, ast.stmt):
            here = module.parent(here)
            if isinstance(here, ast.Call) and here is not node:
                found.append(here)
    return found


def speaks_of_salesforce(module: Module, node: ast.expr) -> bool:
    """Whether an expression is a URL of Salesforce, by its own text or by the constants that it names."""
    return any(_SALESFORCE.search(url) for url in _urls_in(module, node))


def _urls_in(module: Module, around: ast.AST) -> list[str]:
    texts = list(_texts(around))
    for name in ast.walk(around):
        for binding in module.scopes.bindings_of(name):
            if binding.value is not None and isinstance(binding.value, ast.Constant | ast.JoinedStr | ast.BinOp):
                texts += _texts(binding.value)
    return [text for text in texts if _URL.search(text) or _SALESFORCE.search(text)]


def _texts(around: ast.AST) -> Iterator[str]:
    inside: set[ast.AST] = set()
    for node in ast.walk(around):
        if isinstance(node, ast.JoinedStr):
            inside |= set(node.values)
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in inside:
            yield node.value


def _by_library(module: Module, node: ast.Call) -> Iterator[Grant]:
    """An OAuth library that is told to use the password grant."""
    if isinstance(node.func, ast.Attribute) and node.func.attr == "fetch_token":
        words = {word.arg for word in node.keywords}
        if "password" in words and any(_SALESFORCE.search(text) for text in _texts(node)):
            yield Grant(module, node, None, to_salesforce=False, has_my_domain=False)


def _written(module: Module, node: ast.Constant, value: str) -> Iterator[Grant]:
    """A request as text: form-encoded, for curl, or in SOAP."""
    encoded = "grant_type=password" in value and (
        any(_SALESFORCE.search(url) for url in _urls(module, node)) or not _urls(module, node)
    )
    soap = "/services/Soap/" in value and re.search(r"login>", module.source.text) is not None
    if encoded or soap:
        yield Grant(module, node, None, to_salesforce=False, has_my_domain=False)


def _is_prose(module: Module, node: ast.Constant) -> bool:
    """Whether a text is a docstring, or only looked for."""
    return isinstance(module.parent(node), ast.Expr | ast.Compare)
