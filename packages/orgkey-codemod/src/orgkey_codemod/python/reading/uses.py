"""Who uses a name: what reads it in its own module and, by whatever way it gets there, in all others."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from orgkey_codemod.model import Reason
from orgkey_codemod.python.reading.scopes import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import PurePosixPath

    from orgkey_codemod.python.reading.module import Module
    from orgkey_codemod.python.reading.project import Project
    from orgkey_codemod.python.reading.scopes import Binding, Scope

__all__ = ["How", "Use", "called", "others", "uses"]

_BY_NAME: Final = frozenset({"getattr", "setattr", "hasattr", "delattr", "object", "attrgetter"})
"""Functions that are told an attribute's name; ``object`` is that of ``mock.patch``."""
_LOADERS: Final = frozenset({"run_path", "run_module", "spec_from_file_location", "SourceFileLoader", "load_source"})
"""Functions that give what a file defines."""
_LOCAL: Final = ("locals", "vars")
"""Builtins that give all names of the scope that they are called in; ``vars`` only if it is asked about nothing."""
_EVERYTHING: Final = (*_LOCAL, "globals", "exec", "eval")
_PROSE: Final = frozenset({".md", ".markdown", ".mdx", ".rst", ".adoc", ".txt"})
"""Files that speak of names and run nothing."""


class How(Enum):
    """What a use is, in the words of a message."""

    READ = "reads it"
    TAKEN = "imports it"
    """And reads it nowhere itself: others may take it from there."""
    STAR = "imports all names of its module"
    PERHAPS = "may read it"
    """By a text, through an object of which nothing is known, or with all names at once."""


@dataclass(frozen=True)
class Use:
    """One place that uses a name."""

    module: Module | None
    path: PurePosixPath
    node: ast.AST | None
    """None where no node of the code does: in what is not Python, or not parsed."""
    how: How

    def __str__(self) -> str:
        """For a message: the place, and what is done there."""
        is_placed = self.module is not None and self.node is not None and self.path.suffix != ".ipynb"
        line = f":{self.module.place(self.node).line}" if is_placed else ""  # type: ignore[union-attr,arg-type] # asked for above
        return f"{self.path}{line} {self.how.value}"


def uses(project: Project, module: Module, scope: Scope, name: str) -> list[Use]:
    """Every use of a name that ``scope`` binds; what is known to mean something else of that name is left out."""
    asked = (scope, name)
    if asked not in project.uses:
        found = [*_own(module, scope, name)]
        if scope.is_module:
            found += _Elsewhere(project, module, name).run()
        elif scope.is_class:
            found += _Elsewhere(project, module, name).anywhere()
        project.uses[asked] = found
    return project.uses[asked]


def others(project: Project, module: Module, scope: Scope, name: str) -> list[Use]:
    """The uses of a name but for reads of its own module; a star import takes whatever is there, and misses nothing."""
    reads = scope.uses.get(name, ())
    return [each for each in uses(project, module, scope, name) if each.how is not How.STAR and each.node not in reads]


def called(module: Module) -> str:
    """The last part of a module's name."""
    path = module.path
    return path.parent.name if path.stem == "__init__" else path.stem


def _own(module: Module, scope: Scope, name: str) -> Iterator[Use]:
    for read in scope.uses.get(name, ()):
        yield Use(module, module.path, read, How.READ)
    if re.search(rf"\b{re.escape(name)}\b", module.opaque):
        yield Use(module, module.path, None, How.READ)
    if not scope.is_class:
        yield from _all_at_once(module, scope)


def _all_at_once(module: Module, scope: Scope) -> Iterator[Use]:
    """``globals()``, ``locals()`` and code in a text, which reach every name that is seen from there."""
    for name in _EVERYTHING:
        for read in module.scopes.unbound.get(name, ()):
            is_here = module.scopes.of_read[read] is scope
            call = module.parent(read)
            is_bare = isinstance(call, ast.Call) and not call.args
            if (scope.is_module and name not in _LOCAL) or (is_here and (is_bare or name not in _LOCAL)):
                yield Use(module, module.path, read, How.PERHAPS)
    for node in _module_tables(module) if scope.is_module else ():
        yield Use(module, module.path, node, How.PERHAPS)


class _Elsewhere:
    """The way of one name of a module through all the others."""

    def __init__(self, project: Project, module: Module, name: str) -> None:
        self.project: Final = project
        self.module: Final = module
        self.name: Final = name
        bindings = module.scopes.module.bindings.get(name, ())
        self.is_definition: Final = not bindings or any(each.kind is Kind.DEFINED for each in bindings)
        self.waiting: Final[list[tuple[Module, str]]] = [(module, name)]
        """Modules that have it, and what it is called there; from each others may take it."""

    def run(self) -> Iterator[Use]:
        """Every use outside the module's own scopes."""
        for home, word in self.waiting:
            for other in self.project.modules.values():
                if other is not home:
                    yield from self._by_star(other, home, word)
                    yield from self._handed_on(other, home, word)
                if word in other.source.text:
                    yield from self._by_name(other, home, word)
            yield from self._in_other_files(home, word)

    def anywhere(self) -> Iterator[Use]:
        """Every place that may mean a class within a class."""
        for other in self.project.modules.values():
            if self.name in other.source.text:
                for node in other.attributes.get(self.name, ()):
                    yield Use(other, other.path, node, How.READ)
                yield from self._by_text(other, self.module, self.name)

    def _go_on(self, other: Module, word: str) -> None:
        if (other, word) not in self.waiting:
            self.waiting.append((other, word))

    def _by_name(self, other: Module, home: Module, word: str) -> Iterator[Use]:
        if other is not home:
            yield from self._by_import(other, home, word)
        for node in other.attributes.get(word, ()):
            how = self._how(other, node.value, home)
            if how is not None:
                yield Use(other, other.path, node, how)
        yield from self._by_text(other, home, word)
        if re.search(rf"\b{re.escape(word)}\b", other.opaque) and called(home) in other.source.text:
            yield Use(other, other.path, None, How.PERHAPS)

    def _by_import(self, other: Module, home: Module, word: str) -> Iterator[Use]:
        if not any(alias.name == word for each in other.every(ast.ImportFrom) for alias in each.names):
            return
        for scope in {other.scopes.module, *other.scopes.of_definition.values()}:
            for binding in [each for bindings in scope.bindings.values() for each in bindings]:
                if not self._is_import_of(other, binding, home, word):
                    continue
                reads = scope.uses.get(binding.name)
                how = How.READ if self._is_from(other, binding.statement, home) else How.PERHAPS
                for read in reads or ():
                    yield Use(other, other.path, read, how)
                if not reads:
                    yield Use(other, other.path, binding.node, How.TAKEN)
                if scope.is_module:
                    self._go_on(other, binding.name)

    def _is_import_of(self, other: Module, binding: Binding, home: Module, word: str) -> bool:
        statement = binding.statement
        if not isinstance(statement, ast.ImportFrom) or not isinstance(binding.node, ast.alias):
            return False
        return binding.node.name == word and self._is_from(other, statement, home) is not False

    def _is_from(self, other: Module, statement: ast.stmt | None, home: Module) -> bool | None:
        """Whether a statement imports from a module; None where what it names is not found, and may be on the path."""
        if not isinstance(statement, ast.ImportFrom):
            return False
        found = self.project.find(other.path, statement.module or "", statement.level)
        is_lost = found is None and (statement.module or "").rpartition(".")[2] == called(home)
        return None if is_lost else found == home.path

    def _how(self, other: Module, base: ast.expr, home: Module) -> How | None:
        """How an attribute of something means a module's name."""
        symbol = self.project.resolve(other, base)
        if symbol is None or symbol.parameter is not None:
            return How.PERHAPS if self._may_be(other, base, home) else None
        if symbol.name == "django.conf.settings":
            return How.READ
        if symbol.trouble is Reason.DYNAMIC_IMPORT:
            return How.PERHAPS if symbol.name.rpartition(".")[2] in {"", "?", called(home)} else None
        if symbol.home is None:  # a module that is not found where Python would look: the program may say where
            return How.PERHAPS if symbol.imports and symbol.name.rpartition(".")[2] == called(home) else None
        return How.READ if symbol.home is home and symbol.definition is None else None

    @staticmethod
    def _may_be(other: Module, base: ast.expr, home: Module) -> bool:
        """Whether something of which nothing is known may be a module, as far as the text of this one goes."""
        if other is home:
            return "sys.modules" in ast.unparse(base)
        return not (isinstance(base, ast.Name) and base.id in {"self", "cls"}) and called(home) in other.source.text

    # --- all names of a module ----------------------------------------------------------------------------------------

    def _by_star(self, other: Module, home: Module, word: str) -> Iterator[Use]:
        if not _is_public(home, word):
            return
        for statement, _ in other.scopes.stars:
            if self._is_from(other, statement, home) is False:
                continue
            yield from (Use(other, other.path, read, How.READ) for read in other.scopes.unbound.get(word, ()))
            yield Use(other, other.path, statement, How.STAR)
            self._go_on(other, word)

    def _handed_on(self, other: Module, home: Module, word: str) -> Iterator[Use]:
        """The module itself as a value: who gets it may read any of its names."""
        for node in self.project.module_values.get(other.path, {}).get(home.path, ()):
            call = other.parent(node)
            asked = call.args[1] if isinstance(call, ast.Call) and call.args[:1] == [node] and call.args[1:] else None
            text = asked.value if isinstance(asked, ast.Constant) else None
            if not isinstance(text, str) or text.partition(".")[0] == word:
                yield Use(other, other.path, node, How.PERHAPS)
        if called(home) in other.source.text:
            yield from (Use(other, other.path, node, How.PERHAPS) for node in _module_tables(other))
            yield from (Use(other, other.path, node, How.PERHAPS) for node in _loaded(other, home))

    # --- texts --------------------------------------------------------------------------------------------------------

    def _by_text(self, other: Module, home: Module, word: str) -> Iterator[Use]:
        texts = [node for node in other.every(ast.Constant) if isinstance(node.value, str) and word in node.value]
        spoken = _spoken(home, word) if texts else None
        for node in texts:
            if spoken is None or not isinstance(node.value, str) or isinstance(other.parent(node), ast.Expr):
                continue
            is_bare = node.value == word and (self.is_definition or _is_asked_for(other, node))
            is_dotted = self.is_definition and node.value.endswith((f".{word}", f":{word}"))
            if is_bare or is_dotted or spoken.search(node.value):
                yield Use(other, other.path, node, How.PERHAPS)

    def _in_other_files(self, home: Module, word: str) -> Iterator[Use]:
        """Files that are not Python, or that nobody could parse."""
        name = word.encode()
        for path, content in self.project.files.items():
            if path in self.project.modules or path.suffix in _PROSE or name not in content:
                continue
            spoken = _spoken(home, word)
            text = content.decode("utf-8", "replace")
            is_code = path.suffix in {".py", ".pyw", ".ipynb"} and called(home) in text
            if spoken.search(text) or (is_code and re.search(rf"\b{re.escape(word)}\b", text)):
                yield Use(None, path, None, How.PERHAPS)


def _is_public(module: Module, name: str) -> bool:
    """Whether a star import takes a name."""
    if "__all__" in module.scopes.module.bindings:
        return name in module.exported
    return not name.startswith("_")


def _module_tables(module: Module) -> list[ast.Attribute]:
    """Where a module looks into ``sys.modules``."""
    return [node for node in module.attributes.get("modules", ()) if ast.unparse(node) == "sys.modules"]


def _loaded(other: Module, home: Module) -> Iterator[ast.Call]:
    """Where a module runs the file of another one to get its names."""
    for call in other.every(ast.Call):
        if ast.unparse(call.func).split(".")[-1] in _LOADERS:
            texts = (node.value for each in call.args for node in ast.walk(each) if isinstance(node, ast.Constant))
            if any(isinstance(text, str) and re.search(rf"\b{re.escape(called(home))}\b", text) for text in texts):
                yield call


def _is_asked_for(module: Module, node: ast.Constant) -> bool:
    """Whether a text is the name in ``getattr(module, "name")`` and the like."""
    call = module.parent(node)
    return isinstance(call, ast.Call) and ast.unparse(call.func).split(".")[-1] in _BY_NAME


def _spoken(home: Module, word: str) -> re.Pattern[str]:
    """How a text names what a module has: ``client.NAME``, ``client:NAME``, ``from client import NAME``."""
    module, name = re.escape(called(home)), re.escape(word)
    return re.compile(rf"\b{module}(?:[.:]{name}\b|[ \t]+import\b[^\n#;]*\b{name}\b)")
