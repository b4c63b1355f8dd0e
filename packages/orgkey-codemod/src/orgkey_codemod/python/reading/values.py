"""Where a value comes from: the environment, a literal, a person at a keyboard, a parameter, a setting."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from orgkey_codemod.python.reading.scopes import Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from orgkey_codemod.python.reading.module import Module
    from orgkey_codemod.python.reading.project import Project
    from orgkey_codemod.python.reading.scopes import Binding

__all__ = [
    "EnvRead",
    "Origin",
    "called_name",
    "env_read",
    "is_environ",
    "is_pure",
    "literals",
    "looks_secret",
    "may_read_environment",
    "origin",
    "reads",
    "writes_environment",
]

_DEEP: Final = 8
_ENVIRON: Final = {"os.environ", "os.environb"}
_GETENV: Final = {"os.getenv", "os.environ.get", "os.environ.pop", "decouple.config", "prefect.environ.get"}
_ASKING: Final = {
    "input", "raw_input", "getpass", "prompt", "text_input", "askstring", "askpass", "pwinput", "ask", "win_getpass",
    "unix_getpass", "prompt_toolkit", "popup_get_text", "get_argument", "get_body_argument",
}  # fmt: skip
_TYPED: Final = {
    "form", "POST", "json", "args", "values", "query_params", "GET", "data", "headers", "cookies", "post", "session",
}  # fmt: skip
"""What a request has of the person who sent it."""
_CLEANED: Final = {"cleaned_data", "validated_data"}
_KEPT: Final = {"flask.session", "streamlit.session_state"}
"""Where a web framework keeps what a person typed before."""
_CREDENTIALS: Final = {"HTTPBasicCredentials", "OAuth2PasswordRequestForm", "Request"}
_EVENT: Final = {"body", "queryStringParameters", "headers", "multiValueHeaders"}
_ROUTES: Final = frozenset({"post", "get", "put", "patch", "route", "api_route", "websocket"})
_SENT: Final = frozenset({"body", "data", "POST", "form", "json", "authorization", "query_params"})
_WIDGETS: Final = {"Entry", "QLineEdit", "LineEdit", "TextInput", "Password", "Text", "Input", "TextField"}
_PLACEHOLDER: Final = re.compile(
    r"^$|^[<\[{(%$].*|.*[>\]}]$|^(x+|\*+|\.+|-+|_+)$"
    r"|^(my|your|the|a|an|some|enter|insert|add|put|here)?[ _-]*(sf|salesforce|sfdc|crm|user|login)?[ _-]*"
    r"(user ?name|user|password|passwd|pass|pwd|pw|secret|security|token|security[ _-]?token|key"
    r"|client[ _-]?secret|consumer[ _-]?secret)?([ _-]*(here|goes|value))*$"
    r"|.*\b(your|change|replace|example|placeholder|dummy|todo|xxx+)\b.*"
    r"|^(your|change|replace|example|dummy|todo)[ _-]?.*"
    r"|^(test|fake|mock|none|null|unused|foo|bar|baz|secret|s3cret|hunter2|tok|pw|token123|password123)$",
    re.IGNORECASE | re.DOTALL,
)
_SHORT: Final = 6
_TEXT_METHODS: Final = frozenset({"join", "format", "decode", "encode"})
"""What makes a text of the texts that it is given."""
_PURE_CALLS: Final = frozenset(
    {
        "get",
        "getenv",
        "strip",
        "rstrip",
        "lstrip",
        "join",
        "format",
        "str",
        "decode",
        "encode",
        "lower",
        "upper",
        "cast",
        "replace",
    }
)
_PURE_FUNCTIONS: Final = frozenset({"str", "getenv", "cast", "format"})


@dataclass(frozen=True)
class EnvRead:
    """A read of one environment variable."""

    key: str
    default: ast.expr | None
    node: ast.expr


@dataclass
class Origin:
    """Everything that is known of where one value comes from."""

    reads: list[tuple[Module, EnvRead]] = field(default_factory=list)
    person: bool = False
    bindings: list[tuple[Module, Binding]] = field(default_factory=list)
    """The bindings that it came by, parameters included."""


def env_read(project: Project, module: Module, node: ast.expr) -> EnvRead | None:
    """The environment variable that an expression reads."""
    if isinstance(node, ast.Subscript):
        key = _text(node.slice)
        return EnvRead(key, None, node) if key is not None and is_environ(project, module, node.value) else None
    if not isinstance(node, ast.Call) or not node.args:
        return None
    key = _text(node.args[0])
    if key is None:
        return None
    default = node.args[1] if len(node.args) > 1 else None
    default = next((word.value for word in node.keywords if word.arg == "default"), default)
    if isinstance(node.func, ast.Attribute) and node.func.attr in {"get", "pop", "setdefault"}:
        return EnvRead(key, default, node) if is_environ(project, module, node.func.value) else None
    symbol = project.resolve(module, node.func)
    reads = (symbol is not None and symbol.name in _GETENV) or _is_reader(project, module, node.func)
    return EnvRead(key, default, node) if reads else None


def reads(project: Project, keys: Collection[str]) -> Iterator[tuple[Module, ast.expr, str]]:
    """Every read of one of these environment variables in the tree."""
    for module in project.modules.values():
        if not any(key in module.source.text for key in keys):
            continue
        for node in (*module.every(ast.Call), *module.every(ast.Subscript)):
            if isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
                read = env_read(project, module, node)
                if read is not None:
                    yield module, node, read.key


def _is_reader(project: Project, module: Module, node: ast.expr) -> bool:
    """Whether a name is an ``Env()`` of django-environ or environs, by itself or as ``env.str``."""
    base = node.value if isinstance(node, ast.Attribute) and node.attr == "str" else node
    values = project.values_of(module, base) if isinstance(base, ast.Name) else []
    return any(isinstance(each, ast.Call) and ast.unparse(each.func).split(".")[-1] == "Env" for each in values)


def called_name(node: ast.Call) -> str:
    """The last part of the name of what is called."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def may_read_environment(module: Module) -> bool:
    """Whether a module names what reads variables: a text in any other is hardly one's name."""
    return "environ" in module.source.text or "getenv" in module.source.text


def is_environ(project: Project, module: Module, node: ast.expr) -> bool:
    """Whether an expression is the environment itself."""
    symbol = project.resolve(module, node)
    return symbol is not None and symbol.name in _ENVIRON


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def literals(project: Project, module: Module, node: ast.expr) -> list[ast.Constant]:
    """The text constants that are, or may become part of, the value of an expression itself."""
    if isinstance(node, ast.Constant):
        return [node] if isinstance(node.value, str | bytes) and node.value else []
    parts = _parts(project, module, node)
    found = [constant for part in parts for constant in literals(project, module, part)]
    long = [constant for constant in found if len(str(constant.value)) >= _SHORT]
    return found if long and isinstance(node, ast.BinOp | ast.Call | ast.List) else long  # pieces of one secret


def _parts(project: Project, module: Module, node: ast.expr) -> list[ast.expr]:
    """The expressions that a value is one of, or is put together from."""
    parts: list[ast.expr] = []
    if isinstance(node, ast.BinOp):
        parts = [node.left, node.right]
    elif isinstance(node, ast.BoolOp | ast.JoinedStr):
        parts = list(node.values)
    elif isinstance(node, ast.IfExp):
        parts = [node.body, node.orelse]
    elif isinstance(node, ast.List | ast.Tuple):
        parts = list(node.elts)
    elif isinstance(node, ast.FormattedValue):
        parts = [node.value]
    elif isinstance(node, ast.Call):
        read = env_read(project, module, node)
        if read is not None:
            parts = [read.default] if read.default is not None else []
        elif isinstance(node.func, ast.Attribute) and node.func.attr in _TEXT_METHODS:
            parts = [node.func.value, *node.args]
    return parts


def is_pure(project: Project, module: Module, value: ast.expr) -> bool:
    """Whether nothing else happens while a value is worked out."""
    for node in ast.walk(value):
        if isinstance(node, ast.Call):
            if env_read(project, module, node) is not None:
                if writes_environment(project, module, node):
                    return False
                continue
            is_method = isinstance(node.func, ast.Attribute)
            called = called_name(node)
            if called not in (_PURE_CALLS if is_method else _PURE_FUNCTIONS):
                return False
        elif isinstance(node, ast.Await | ast.Yield | ast.YieldFrom | ast.NamedExpr):
            return False
    return True


def writes_environment(project: Project, module: Module, value: ast.expr) -> bool:
    """Whether working out a value takes a variable out of the environment, or puts it there for child processes."""
    calls = (node for node in ast.walk(value) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute))
    return any(
        call.func.attr in {"pop", "setdefault"} and env_read(project, module, call) is not None  # type: ignore[attr-defined] # asked for above
        for call in calls
    )


def looks_secret(value: str) -> bool:
    """Whether a text may be a working secret, and no placeholder."""
    return len(value) >= _SHORT and not _PLACEHOLDER.match(value.strip()) and "\n" not in value


def origin(project: Project, module: Module, node: ast.expr) -> Origin:
    """Follow an expression to what it is made of, through names, parameters and their callers."""
    if node not in project.origins:
        trail = _Trail(project)
        trail.follow(module, node, 0)
        project.origins[node] = trail.found
    return project.origins[node]


class _Trail:
    """The way back from one value."""

    def __init__(self, project: Project) -> None:
        self.project: Final = project
        self.found: Final = Origin()
        self._seen: Final[set[ast.AST]] = set()

    def follow(self, module: Module, node: ast.expr, depth: int) -> None:
        """Note what an expression is, and go on to what it is made of."""
        if depth > _DEEP or node in self._seen:
            return
        self._seen.add(node)
        read = env_read(self.project, module, node)
        if read is not None:
            self.found.reads.append((module, read))
            if read.default is not None:
                self.follow(module, read.default, depth + 1)
            return
        if isinstance(node, ast.Call | ast.Attribute | ast.Subscript) and _asks(self.project, module, node):
            self.found.person = True
        if isinstance(node, ast.Name):
            self._name(module, node, depth)
            return
        if isinstance(node, ast.Attribute):
            self._defined(module, node, depth)
        elif isinstance(node, ast.Call):
            self._returned(module, node, depth)
        parts = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
        for each in (*self._put_into(module, node), *parts):
            self.follow(module, each, depth + 1)

    def _put_into(self, module: Module, node: ast.expr) -> list[ast.expr]:
        """What a module assigns to the same attribute of ``self``, or to the same item of the same name."""
        if isinstance(node, ast.Attribute):
            return self.project.attribute_values(module, node)
        wanted = ast.unparse(node) if isinstance(node, ast.Subscript) else ""
        return [
            each.value
            for each in (module.every(ast.Assign) if wanted else ())
            if any(isinstance(target, ast.Subscript) and ast.unparse(target) == wanted for target in each.targets)
        ]

    def _returned(self, module: Module, node: ast.Call, depth: int) -> None:
        """What a function of the tree returns."""
        symbol = self.project.resolve(module, node.func)
        definition = symbol.definition if symbol is not None else None
        if symbol is not None and symbol.home is not None and isinstance(definition, ast.FunctionDef):
            for each in ast.walk(definition):
                if isinstance(each, ast.Return) and each.value is not None:
                    self.follow(symbol.home, each.value, depth + 1)

    def _name(self, module: Module, node: ast.Name, depth: int) -> None:
        for binding in module.scopes.bindings_of(node):
            self.found.bindings.append((module, binding))
            if binding.kind is Kind.PARAMETER:
                self._parameter(module, binding, depth)
            elif binding.kind is Kind.IMPORT:
                self._defined(module, node, depth)
            elif binding.value is not None:
                self.follow(module, binding.value, depth + 1)

    def _defined(self, module: Module, node: ast.expr, depth: int) -> None:
        """``PASSWORD`` of another module, by its name or as ``settings.PASSWORD``."""
        for home, binding in self.project.definitions(module, node):
            self.found.bindings.append((home, binding))
            if binding.value is not None:
                self.follow(home, binding.value, depth + 1)

    def _parameter(self, module: Module, binding: Binding, depth: int) -> None:
        function = binding.scope.node
        if binding.value is not None:
            self.follow(module, binding.value, depth + 1)
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            return
        is_prompt = isinstance(binding.value, ast.Call) and _is_prompt(binding.value)
        if is_prompt or _prompts(function, binding.name) or _is_request(function, binding):
            self.found.person = True
        for home, call in self.project.calls_of(module, function):
            given = self.project.argument(function, call, binding.name)
            if given is not None:
                self.follow(home, given, depth + 1)


# --- people -----------------------------------------------------------------------------------------------------------


def _asks(project: Project, module: Module, node: ast.expr) -> bool:
    """Whether an expression is what a person typed."""
    if isinstance(node, ast.Call):
        called = called_name(node)
        if called in _ASKING or (
            isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value).endswith("stdin")
        ):
            return True
        if called in {"get", "text", "toPlainText", "getlist"} and isinstance(node.func, ast.Attribute):
            return _is_form(project, module, node.func.value) or _is_widget(module, node.func.value)
        return False
    if isinstance(node, ast.Subscript):
        return _is_event(node) or _is_form(project, module, node.value)
    if isinstance(node, ast.Attribute) and node.attr in _SENT and ast.unparse(node.value).split(".")[-1] == "request":
        return True
    if isinstance(node, ast.Attribute) and node.attr in {"data", "value", "text"}:
        return _is_form_field(project, module, node.value) or _is_widget(module, node.value)
    return False


def _is_form(project: Project, module: Module, node: ast.expr) -> bool:
    symbol = project.resolve(module, node)
    if symbol is not None and symbol.name in _KEPT:
        return True
    for value in project.values_of(module, node) or [node]:
        inner = value
        while isinstance(inner, ast.Call | ast.Await):
            inner = inner.func if isinstance(inner, ast.Call) else inner.value
        if isinstance(inner, ast.Attribute) and inner.attr in {*_TYPED, *_CLEANED, "get_json"}:
            base = ast.unparse(inner.value)
            if base.split(".")[-1] in {"request", "req"} or inner.attr in _CLEANED:
                return True
    return False


def _is_event(node: ast.Subscript) -> bool:
    """``event["body"]``: what a function in the cloud is called with from the web."""
    return isinstance(node.value, ast.Name) and node.value.id == "event" and _text(node.slice) in _EVENT


def _is_form_field(project: Project, module: Module, node: ast.expr) -> bool:
    if not isinstance(node, ast.Attribute):
        return False
    if ast.unparse(node.value).split(".")[-1].lower().endswith("form"):
        return True
    return any(
        isinstance(value, ast.Call) and ast.unparse(value.func).split(".")[-1].endswith("Form")
        for value in project.values_of(module, node.value)
    )


def _is_widget(module: Module, node: ast.expr) -> bool:
    if isinstance(node, ast.Attribute):
        wanted = ast.unparse(node)
        assigned = [
            each.value
            for each in ast.walk(module.tree)
            if isinstance(each, ast.Assign) and any(ast.unparse(target) == wanted for target in each.targets)
        ]
    elif isinstance(node, ast.Name):
        assigned = [each.value for each in module.scopes.bindings_of(node) if each.value is not None]
    else:
        return False
    return any(isinstance(value, ast.Call) and ast.unparse(value.func).split(".")[-1] in _WIDGETS for value in assigned)


def _prompts(function: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> bool:
    """Whether a command line library asks a person for a parameter."""
    for decorator in function.decorator_list:
        if not isinstance(decorator, ast.Call):
            continue
        called = ast.unparse(decorator.func).split(".")[-1]
        names = [_text(argument) for argument in decorator.args]
        if any(each is not None and each.lstrip("-").replace("-", "_") == name for each in names):
            return called == "password_option" or _is_prompt(decorator)
        if called == "password_option" and name == "password" and not any(names):
            return True
    for argument in (*function.args.args, *function.args.kwonlyargs):
        if argument.arg == name and argument.annotation is not None:
            return _asks_in(argument.annotation)
    return False


def _asks_in(annotation: ast.expr) -> bool:
    return any(_is_prompt(node) for node in ast.walk(annotation) if isinstance(node, ast.Call))


def _is_prompt(call: ast.Call) -> bool:
    return any(word.arg in {"prompt", "hide_input"} and not _is_false(word.value) for word in call.keywords)


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and not node.value


def _is_request(function: ast.FunctionDef | ast.AsyncFunctionDef, binding: Binding) -> bool:
    """Whether a parameter is the body of a web request: a model or a form field of a route."""
    if not isinstance(binding.node, ast.arg):
        return False
    annotation = binding.node.annotation
    if annotation is not None and any(name in _CREDENTIALS for name in re.findall(r"\w+", ast.unparse(annotation))):
        return True
    if any(ast.unparse(each).partition("(")[0].split(".")[-1] == "tool" for each in function.decorator_list):
        return True  # a model gives what somebody told it
    if isinstance(binding.value, ast.Call) and not annotation:
        return False
    calls = (decorator for decorator in function.decorator_list if isinstance(decorator, ast.Call))
    return any(isinstance(call.func, ast.Attribute) and call.func.attr in _ROUTES and _has_path(call) for call in calls)


def _has_path(call: ast.Call) -> bool:
    return bool(call.args) and (_text(call.args[0]) or "").startswith("/")
