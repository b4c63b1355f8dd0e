"""Which name means which binding: the scopes of one module, what they bind, and who reads it."""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Binding", "Kind", "Scope", "Scopes"]

_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
_LEAVES: Final = frozenset({"ctx", "id", "attr", "arg", "kind", "lineno", "op", "ops", "type_comment"})
"""Fields that hold no node with a name in it."""
_PARTS: Final[dict[type[ast.AST], tuple[str, ...]]] = {ast.Constant: ()}
"""By type of node the other fields, as far as such a node was seen."""
_COMPREHENSIONS: Final = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class Kind(Enum):
    """How a name gets its value."""

    IMPORT = "import"
    ASSIGNED = "assigned"
    UNPACKED = "unpacked"
    AUGMENTED = "augmented"
    PARAMETER = "parameter"
    DEFINED = "defined"
    OTHER = "other"


@dataclass(eq=False)
class Binding:
    """One place that gives a name its value."""

    name: str
    kind: Kind
    node: ast.AST
    """The statement; for a parameter the ``ast.arg``, for an import the ``ast.alias``."""
    scope: Scope
    value: ast.expr | None = None
    """What is assigned, for ``ASSIGNED``; the whole right side for ``UNPACKED``; the default of a parameter."""
    statement: ast.stmt | None = None


@dataclass(eq=False)
class Scope:
    """A module, class, function, lambda or comprehension."""

    node: ast.AST
    parent: Scope | None
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    uses: dict[str, list[ast.Name]] = field(default_factory=dict)
    """Reads of the names that this scope binds, from wherever they are."""
    passed_up: dict[str, Scope] = field(default_factory=dict)
    """Names that a ``global`` or ``nonlocal`` statement gives to another scope."""

    @property
    def is_class(self) -> bool:
        """Whether it is the body of a class, whose names its functions do not see."""
        return isinstance(self.node, ast.ClassDef)

    @property
    def is_module(self) -> bool:
        """Whether it is the module itself."""
        return self.parent is None


class Scopes(ast.NodeVisitor):
    """The scopes of one module."""

    def __init__(self, tree: ast.Module) -> None:
        self.module: Final = Scope(tree, None)
        self.of_read: Final[dict[ast.Name, Scope]] = {}
        """The scope that each read of a name stands in."""
        self.owner: Final[dict[ast.Name, Scope]] = {}
        """The scope whose binding each read means; a name that nothing binds has none."""
        self.unbound: Final[dict[str, list[ast.Name]]] = defaultdict(list)
        """The reads of names that nothing binds: builtins, and what a star import brings."""
        self.of_definition: Final[dict[ast.AST, Scope]] = {tree: self.module}
        self.parent: Final[dict[ast.AST, ast.AST]] = {}
        self.declared_global: Final[set[str]] = set()
        self.stars: Final[list[tuple[ast.ImportFrom, Scope]]] = []
        self._scope = self.module
        self._statement: ast.stmt | None = None
        self._visitors: Final[dict[type[ast.AST], Callable[[Any], None]]] = {}
        self.nodes: Final[dict[type[ast.AST], list[ast.AST]]] = defaultdict(list)
        """Every node of the module, by its type, in the order of :func:`ast.walk`."""
        self._index(tree)
        self.visit(tree)
        for read, scope in self.of_read.items():
            owner = self.find(read.id, scope)
            if owner is not None:
                self.owner[read] = owner
                owner.uses.setdefault(read.id, []).append(read)
            else:
                self.unbound[read.id].append(read)

    def _index(self, tree: ast.Module) -> None:
        parent, nodes = self.parent, self.nodes
        waiting: list[ast.AST] = [tree]
        for node in waiting:  # which grows meanwhile
            kind = type(node)
            nodes[kind].append(node)
            for name in _PARTS.get(kind) or _parts_of(kind):
                value = getattr(node, name)
                if isinstance(value, list):
                    for child in value:
                        if isinstance(child, ast.AST):
                            parent[child] = node
                            waiting.append(child)
                elif isinstance(value, ast.AST):
                    parent[value] = node
                    waiting.append(value)

    def find(self, name: str, scope: Scope) -> Scope | None:
        """The scope whose ``name`` is meant in ``scope``; None where it is a builtin, a star's or undefined."""
        here: Scope | None = scope
        while here is not None:
            if name in here.passed_up:
                return here.passed_up[name]
            if name in here.bindings and (here is scope or not here.is_class):
                return here
            here = here.parent
        return None

    def bindings_of(self, node: ast.AST) -> list[Binding]:
        """What gives a name its value where it is read; none of what is no name, or of one that nothing binds."""
        owner = self.owner.get(node) if isinstance(node, ast.Name) else None
        return owner.bindings[node.id] if owner is not None and isinstance(node, ast.Name) else []

    def scope_at(self, node: ast.AST) -> Scope:
        """The scope that a node stands in."""
        child, here = node, self.parent.get(node)
        while here is not None:
            if here in self.of_definition and not self._outside(child, here):
                return self.of_definition[here]
            child, here = here, self.parent.get(here)
        return self.module

    @staticmethod
    def _outside(child: ast.AST, definition: ast.AST) -> bool:
        """Whether a part of a definition is evaluated in the scope around it."""
        if isinstance(definition, _FUNCTIONS):
            return child in definition.decorator_list or child is definition.returns or child is definition.args
        if isinstance(definition, ast.Lambda):
            return child is definition.args
        if isinstance(definition, ast.ClassDef):
            return child not in definition.body
        return False

    # --- binding ------------------------------------------------------------------------------------------------------

    def _bind(self, name: str, kind: Kind, node: ast.AST, value: ast.expr | None = None) -> None:
        scope = self._scope.passed_up.get(name, self._scope)
        binding = Binding(name, kind, node, scope, value, self._statement)
        scope.bindings.setdefault(name, []).append(binding)

    def _bind_target(self, target: ast.expr, kind: Kind, node: ast.AST, value: ast.expr | None) -> None:
        if isinstance(target, ast.Name):
            self._bind(target.id, kind, node, value)
        elif isinstance(target, ast.Tuple | ast.List):
            for element in target.elts:
                self._bind_target(element, Kind.UNPACKED, node, value)
        elif isinstance(target, ast.Starred):
            self._bind_target(target.value, Kind.UNPACKED, node, value)
        else:
            self.visit(target)

    def visit(self, node: ast.AST) -> None:
        """Visit a node, remembering the statement that it belongs to; a constant binds and reads nothing."""
        kind = type(node)
        if kind is ast.Constant:
            return
        visitor = self._visitors.get(kind)
        if visitor is None:
            visitor = self._visitors[kind] = getattr(self, f"visit_{kind.__name__}", self.generic_visit)
        if isinstance(node, ast.stmt):
            before, self._statement = self._statement, node
            visitor(node)
            self._statement = before
        else:
            visitor(node)

    def generic_visit(self, node: ast.AST) -> None:
        """Visit what a node is made of; half the time of the inherited one, and most of this class's."""
        for name in _PARTS[type(node)]:
            value = getattr(node, name)
            if isinstance(value, list):
                for child in value:
                    if isinstance(child, ast.AST):
                        self.visit(child)
            elif isinstance(value, ast.AST):
                self.visit(value)

    def visit_Name(self, node: ast.Name) -> None:
        """A read, or a store that no other visitor knows."""
        if isinstance(node.ctx, ast.Load):
            self.of_read[node] = self._scope
        elif isinstance(node.ctx, ast.Store):
            self._bind(node.id, Kind.OTHER, node)
        else:
            self.of_read[node] = self._scope

    def visit_Import(self, node: ast.Import) -> None:
        """``import a.b as c``."""
        for alias in node.names:
            self._bind(alias.asname or alias.name.split(".")[0], Kind.IMPORT, alias)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """``from a import b as c``."""
        for alias in node.names:
            if alias.name == "*":
                self.stars.append((node, self._scope))
            else:
                self._bind(alias.asname or alias.name, Kind.IMPORT, alias)

    def visit_Assign(self, node: ast.Assign) -> None:
        """``a = b = value``."""
        self.visit(node.value)
        for target in node.targets:
            self._bind_target(target, Kind.ASSIGNED, node, node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """``a: int = value``."""
        self.visit(node.annotation)
        if node.value is not None:
            self.visit(node.value)
        self._bind_target(node.target, Kind.ASSIGNED, node, node.value)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        """``a += value``."""
        self.visit(node.value)
        self._bind_target(node.target, Kind.AUGMENTED, node, node.value)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        """``(a := value)``, which binds in the function around a comprehension."""
        self.visit(node.value)
        scope = self._scope
        while isinstance(self._scope.node, _COMPREHENSIONS) and self._scope.parent is not None:
            self._scope = self._scope.parent
        self._bind(node.target.id, Kind.OTHER, node, node.value)
        self._scope = scope

    def visit_For(self, node: ast.For) -> None:
        """A loop's names."""
        self._loop(node)

    def visit_AsyncFor(self, node: ast.AsyncFor) -> None:
        """An asynchronous loop's names."""
        self._loop(node)

    def _loop(self, node: ast.For | ast.AsyncFor) -> None:
        self.visit(node.iter)
        self._bind_target(node.target, Kind.OTHER, node, None)
        for child in (*node.body, *node.orelse):
            self.visit(child)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        """``except E as name``."""
        if node.name:
            self._bind(node.name, Kind.OTHER, node)
        self.generic_visit(node)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        """A pattern that names what it matches."""
        if node.name:
            self._bind(node.name, Kind.OTHER, node)
        self.generic_visit(node)

    def visit_MatchStar(self, node: ast.MatchStar) -> None:
        """A pattern that names the rest."""
        if node.name:
            self._bind(node.name, Kind.OTHER, node)

    def visit_Global(self, node: ast.Global) -> None:
        """Names of the module."""
        for name in node.names:
            self.declared_global.add(name)
            self._scope.passed_up[name] = self.module

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        """Names of a function around."""
        for name in node.names:
            owner = self.find(name, self._scope.parent) if self._scope.parent else None
            if owner is not None:
                self._scope.passed_up[name] = owner

    # --- scopes -------------------------------------------------------------------------------------------------------

    def _enter(self, node: ast.AST) -> Scope:
        around, self._scope = self._scope, Scope(node, self._scope)
        self.of_definition[node] = self._scope
        return around

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """A function."""
        self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        """An asynchronous function."""
        self._function(node)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._bind(node.name, Kind.DEFINED, node)
        for outside in (*node.decorator_list, *filter(None, [node.returns])):
            self.visit(outside)
        self._defaults_and_annotations(node.args)
        around = self._enter(node)
        self._parameters(node.args)
        # global statements hold for the whole function, wherever they stand in it
        for statement in ast.walk(node) if ast.Global in self.nodes else ():
            if isinstance(statement, ast.Global):
                self.visit_Global(statement)
        for child in node.body:
            self.visit(child)
        self._scope = around

    def visit_Lambda(self, node: ast.Lambda) -> None:
        """A lambda."""
        self._defaults_and_annotations(node.args)
        around = self._enter(node)
        self._parameters(node.args)
        self.visit(node.body)
        self._scope = around

    def _defaults_and_annotations(self, arguments: ast.arguments) -> None:
        for default in (*arguments.defaults, *arguments.kw_defaults):
            if default is not None:
                self.visit(default)
        for argument in _every(arguments):
            if argument.annotation is not None:
                self.visit(argument.annotation)

    def _parameters(self, arguments: ast.arguments) -> None:
        positional = [*arguments.posonlyargs, *arguments.args]
        defaults: dict[ast.arg, ast.expr | None] = dict.fromkeys(_every(arguments))
        if arguments.defaults:
            defaults.update(zip(positional[-len(arguments.defaults) :], arguments.defaults, strict=True))
        defaults.update(zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True))
        for argument, default in defaults.items():
            self._bind(argument.arg, Kind.PARAMETER, argument, default)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """A class."""
        self._bind(node.name, Kind.DEFINED, node)
        for outside in (*node.decorator_list, *node.bases, *node.keywords):
            self.visit(outside)
        around = self._enter(node)
        for child in node.body:
            self.visit(child)
        self._scope = around

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> None:
        self.visit(node.generators[0].iter)
        around = self._enter(node)
        for position, generator in enumerate(node.generators):
            if position:
                self.visit(generator.iter)
            self._bind_target(generator.target, Kind.OTHER, node, None)
            for condition in generator.ifs:
                self.visit(condition)
        for part in (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,):
            self.visit(part)
        self._scope = around

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension  # noqa: N815


def _parts_of(kind: type[ast.AST]) -> tuple[str, ...]:
    if kind not in _PARTS:
        _PARTS[kind] = tuple(name for name in kind._fields if name not in _LEAVES)
    return _PARTS[kind]


def _every(arguments: ast.arguments) -> list[ast.arg]:
    stars = [argument for argument in (arguments.vararg, arguments.kwarg) if argument is not None]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *stars]
