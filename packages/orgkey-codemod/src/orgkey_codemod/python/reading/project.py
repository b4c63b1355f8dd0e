"""All Python modules of one tree, and what a name in one of them stands for in another."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from orgkey_codemod import notebook, text
from orgkey_codemod.learned import once
from orgkey_codemod.model import Failure, Place, Reason
from orgkey_codemod.python.libraries import client_of
from orgkey_codemod.python.reading.module import Module
from orgkey_codemod.python.reading.scopes import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from orgkey_codemod.model import Tree
    from orgkey_codemod.python.reading.scopes import Binding, Scope
    from orgkey_codemod.python.reading.uses import Use
    from orgkey_codemod.python.reading.values import Origin

__all__ = ["Import", "Project", "Symbol", "project_of"]

_DEEP: Final = 12
"""How many names are followed from one to the next; a cycle of imports ends here too."""
_LIBRARY: Final = re.compile(
    r"simple_salesforce|langchain_salesforce|\.salesforce\b|salesforce_bulk|aiosalesforce|salesforce_api|beatbox"
    r"|airflow|import_module|__import__"
)
_IMPORT: Final = re.compile(
    r"^[ \t]*(?:from[ \t]+(?P<dots>\.*)[ \t]*(?P<dotted>[\w.]*)[ \t]+import[ \t]+(?P<names>\([^)]*\)|[^\n;#]*)"
    r"|import[ \t]+(?P<module>[\w.]+))",
    re.MULTILINE,
)
_COPIES: Final = ("api.py", "login.py")
"""What makes a folder named simple_salesforce a copy of the library."""


@dataclass(frozen=True)
class Import:
    """One imported name: the alias, in its statement, in its module."""

    module: Module
    statement: ast.Import | ast.ImportFrom
    alias: ast.alias


@dataclass(frozen=True)
class Symbol:
    """What an expression stands for, as far as imports tell."""

    name: str
    """Dotted, as the import names it: ``simple_salesforce.Salesforce``; of the tree's own things, ``path:name``."""
    imports: tuple[Import, ...] = ()
    """The import statements by which it came here, the outermost first."""
    trouble: Reason | None = None
    home: Module | None = None
    """The module of the tree that defines it, or that it is."""
    definition: ast.AST | None = None
    parameter: Binding | None = None


@dataclass(eq=False)
class Project:
    """The modules of a tree."""

    modules: dict[PurePosixPath, Module] = field(default_factory=dict)
    files: Mapping[PurePosixPath, bytes] = field(default_factory=dict)
    """Every file of the tree, Python or not."""
    wrappers: tuple[str, ...] = ()
    """The last parts of configured wrappers' names."""
    _found: dict[tuple[PurePosixPath, str, int], PurePosixPath | None] = field(default_factory=dict)
    _resolved: dict[ast.expr, Symbol | None] = field(default_factory=dict)
    uses: dict[tuple[Scope, str], list[Use]] = field(default_factory=dict)
    """What :mod:`~orgkey_codemod.python.reading.uses` found out."""
    origins: dict[ast.expr, Origin] = field(default_factory=dict)
    """What :mod:`~orgkey_codemod.python.reading.values` found out."""

    # --- modules by name ----------------------------------------------------------------------------------------------

    def find(self, importer: PurePosixPath, dotted: str, level: int = 0) -> PurePosixPath | None:
        """The file of the tree that an import means; None where it is none of the tree's."""
        if not level and dotted.partition(".")[0] not in self._tops:
            return None
        asked = (importer.parent, dotted, level)
        if asked not in self._found:
            self._found[asked] = self._find(importer, dotted, level)
        return self._found[asked]

    @cached_property
    def _tops(self) -> frozenset[str]:
        """The names that an import of a module of the tree can begin with."""
        return frozenset(part for path in self.files for part in (*path.parts[:-1], path.stem)) | {""}

    def _find(self, importer: PurePosixPath, dotted: str, level: int) -> PurePosixPath | None:
        if level:
            base = importer.parent
            for _ in range(level - 1):
                base = base.parent
            return self._file(base, dotted)
        for base in (*importer.parents, PurePosixPath("src")):
            found = self._file(base, dotted)
            if found is not None:
                return found
        return None

    def _file(self, base: PurePosixPath, dotted: str) -> PurePosixPath | None:
        target = base.joinpath(*dotted.split(".")) if dotted else base
        for candidate in (target / "__init__.py", target.with_name(f"{target.name}.py") if target.name else target):
            if candidate in self.files:
                return candidate
        return None

    def is_copy(self, path: PurePosixPath) -> bool:
        """Whether a file belongs to a copy of simple-salesforce inside the tree."""
        for folder in path.parents:
            if folder.name == "simple_salesforce":
                return any(folder / name in self.files for name in _COPIES)
        return False

    # --- what names stand for -----------------------------------------------------------------------------------------

    def resolve(self, module: Module, node: ast.expr, depth: int = 0) -> Symbol | None:
        """What an expression stands for; None where that is not known when the code is read."""
        if depth:
            return self._worked_out(module, node, depth)
        if node not in self._resolved:  # every rule asks about every call
            self._resolved[node] = self._worked_out(module, node, 0)
        return self._resolved[node]

    def _worked_out(self, module: Module, node: ast.expr, depth: int) -> Symbol | None:
        if depth > _DEEP:
            return None
        if isinstance(node, ast.Name):
            owner = module.scopes.owner.get(node)
            if owner is None:
                scope = module.scopes.of_read.get(node)
                return self._by_star(module, node.id, depth) if scope is not None else None
            return self._in_scope(module, owner, node.id, depth)
        if isinstance(node, ast.Attribute):
            base = self.resolve(module, node.value, depth + 1)
            return self.attribute(base, node.attr, depth) if base is not None else None
        if isinstance(node, ast.Call):
            return self._dynamic(module, node, depth)
        if isinstance(node, ast.Subscript):
            return self._item(module, node, depth)
        return None

    def attribute(self, base: Symbol, name: str, depth: int = 0) -> Symbol | None:
        """What an attribute of something stands for."""
        if base.definition is not None or base.parameter is not None:
            return None
        if base.home is not None:
            found = self.in_module(base.home, name, depth + 1)
            if found is None:
                return None
            return replace(found, imports=(*base.imports, *found.imports), trouble=found.trouble or base.trouble)
        dotted = f"{base.name}.{name}"
        path = self.find(base.imports[0].module.path, dotted) if base.imports else None
        if path is not None and path in self.modules:  # ``import crm.client``, where crm is but a folder
            return Symbol(dotted, base.imports, self._vendored(path), home=self.modules[path])
        return replace(base, name=dotted)

    def in_module(self, module: Module, name: str, depth: int = 0) -> Symbol | None:
        """What a name stands for that is imported from a module of the tree."""
        if depth > _DEEP:
            return None
        if name in module.scopes.module.bindings:
            return self._in_scope(module, module.scopes.module, name, depth + 1)
        if module.path.name == "__init__.py":
            path = self._file(module.path.parent, name)
            if path is not None and path in self.modules:
                return Symbol(path.as_posix(), home=self.modules[path])
        return self._by_star(module, name, depth)

    def _in_scope(self, module: Module, owner: Scope, name: str, depth: int) -> Symbol | None:
        found: dict[str, Symbol] = {}
        unknown = False
        for binding in owner.bindings.get(name, ()):
            if isinstance(binding.value, ast.Constant) and binding.value.value is None:
                continue
            symbol = self._binding(module, binding, depth)
            if symbol is None:
                unknown = True
                continue
            known = found.get(symbol.name)
            found[symbol.name] = replace(known, imports=(*known.imports, *symbol.imports)) if known else symbol
        if len(found) == 1 and not unknown:
            return next(iter(found.values()))
        for symbol in sorted(
            found.values(), key=lambda each: client_of(each.name) is None or "simple" not in each.name
        ):
            if symbol.definition is None and symbol.parameter is None:
                return replace(symbol, trouble=symbol.trouble or Reason.NAME_SHADOWED)
        return next(iter(found.values()), None)

    def _binding(self, module: Module, binding: Binding, depth: int) -> Symbol | None:
        if binding.kind is Kind.IMPORT and isinstance(binding.node, ast.alias):
            return self._imported(module, binding, binding.node, depth)
        if binding.kind is Kind.PARAMETER:
            if isinstance(binding.value, ast.Name | ast.Attribute):
                default = self.resolve(module, binding.value, depth + 1)
                if default is not None:
                    return replace(default, trouble=Reason.NAME_SHADOWED)
            return Symbol(f"{module.path}:{binding.name}", home=module, parameter=binding)
        if binding.kind is Kind.DEFINED:
            return Symbol(f"{module.path}:{binding.name}", home=module, definition=binding.node)
        if binding.kind is Kind.ASSIGNED and binding.value is not None:
            return self.resolve(module, binding.value, depth + 1)
        return None

    def _imported(self, module: Module, binding: Binding, alias: ast.alias, depth: int) -> Symbol | None:
        statement = binding.statement
        if isinstance(statement, ast.Import):
            dotted = alias.name if alias.asname else alias.name.split(".")[0]
            here = Import(module, statement, alias)
            path = self.find(module.path, dotted)
            if path is not None and path in self.modules:
                return Symbol(dotted, (here,), self._vendored(path), home=self.modules[path])
            return Symbol(dotted, (here,))
        if not isinstance(statement, ast.ImportFrom):
            return None
        here = Import(module, statement, alias)
        dotted = statement.module or ""
        path = self.find(module.path, dotted, statement.level)
        if path is not None and path in self.modules:
            found = self.in_module(self.modules[path], alias.name, depth + 1)
            if found is not None:
                trouble = found.trouble or self._vendored(path)
                return replace(found, imports=(here, *found.imports), trouble=trouble)
            return None if statement.level else Symbol(f"{path}:{alias.name}", (here,), home=None)
        submodule = self.find(module.path, f"{dotted}.{alias.name}".strip("."), statement.level)
        if submodule is not None and submodule in self.modules:
            return Symbol(submodule.as_posix(), (here,), self._vendored(submodule), home=self.modules[submodule])
        if statement.level:
            return None
        return Symbol(f"{dotted}.{alias.name}", (here,))

    def _vendored(self, path: PurePosixPath) -> Reason | None:
        return Reason.VENDORED if self.is_copy(path) else None

    def _by_star(self, module: Module, name: str, depth: int) -> Symbol | None:
        for statement, _ in module.scopes.stars:
            path = self.find(module.path, statement.module or "", statement.level)
            if path is not None and path in self.modules:
                found = self.in_module(self.modules[path], name, depth + 1)
                if found is not None:
                    return replace(found, trouble=Reason.STAR_IMPORT)
            elif not statement.level and statement.module:
                top = statement.module.split(".")[0]
                if (top == "simple_salesforce" and name.startswith("Salesforce")) or name.startswith("SalesforceTool"):
                    return Symbol(f"{statement.module}.{name}", trouble=Reason.STAR_IMPORT)
        return None

    def _dynamic(self, module: Module, node: ast.Call, depth: int) -> Symbol | None:
        """``import_module("a")``, ``__import__("a")`` and ``getattr(a, "b")``."""
        called = ast.unparse(node.func).split(".")[-1]
        if called in {"import_module", "__import__"} and node.args:
            wanted = node.args[0]
            dotted = wanted.value if isinstance(wanted, ast.Constant) and isinstance(wanted.value, str) else "?"
            return Symbol(dotted, trouble=Reason.DYNAMIC_IMPORT)
        if called == "getattr" and len(node.args) > 1:
            base = self.resolve(module, node.args[0], depth + 1)
            wanted = node.args[1]
            if base is not None:
                name = wanted.value if isinstance(wanted, ast.Constant) and isinstance(wanted.value, str) else "?"
                return replace(base, name=f"{base.name}.{name}", trouble=Reason.DYNAMIC_IMPORT, home=None)
        return None

    def _item(self, module: Module, node: ast.Subscript, depth: int) -> Symbol | None:
        """``CLASSES[key]``, where one of the classes is known."""
        values = self.values_of(module, node.value)
        for value in values:
            if isinstance(value, ast.Dict):
                for entry in value.values:
                    symbol = self.resolve(module, entry, depth + 1) if isinstance(entry, ast.Name) else None
                    if symbol is not None and symbol.home is None:
                        return replace(symbol, trouble=Reason.DYNAMIC_IMPORT)
        return None

    @cached_property
    def flags(self) -> list[tuple[Module, ast.Call]]:
        """Every ``add_argument`` and ``add_option``."""
        return [
            (module, call)
            for module, call in self.calls()
            if isinstance(call.func, ast.Attribute) and call.func.attr in {"add_argument", "add_option"}
        ]

    def values_of(self, module: Module, node: ast.expr) -> list[ast.expr]:
        """The expressions that a name of this module was given; the expression itself where it is no name."""
        if not isinstance(node, ast.Name):
            return [node]
        owner = module.scopes.owner.get(node)
        if owner is None:
            return []
        return [each.value for each in owner.bindings[node.id] if each.value is not None and each.kind is Kind.ASSIGNED]

    # --- values -------------------------------------------------------------------------------------------------------

    def definitions(self, module: Module, node: ast.expr) -> list[tuple[Module, Binding]]:
        """Where a module of the tree gives a value to a name that is imported from it, or to its attribute."""
        if isinstance(node, ast.Name):
            for binding in module.scopes.bindings_of(node):
                statement = binding.statement
                if isinstance(statement, ast.ImportFrom) and isinstance(binding.node, ast.alias):
                    path = self.find(module.path, statement.module or "", statement.level)
                    if path is not None and path in self.modules:
                        home = self.modules[path]
                        return [(home, each) for each in home.scopes.module.bindings.get(binding.node.name, ())]
            return []
        if isinstance(node, ast.Attribute):
            base = self.resolve(module, node.value)
            if base is not None and base.home is not None and base.definition is None and base.parameter is None:
                return [(base.home, each) for each in base.home.scopes.module.bindings.get(node.attr, ())]
            if base is not None and base.name == "django.conf.settings":
                return self._settings(node.attr)
        return []

    def _settings(self, name: str) -> list[tuple[Module, Binding]]:
        """A Django setting: a constant of a module, or of a package, named settings."""
        return [
            (home, each)
            for path, home in self.modules.items()
            if "settings" in {path.stem, path.parent.name}
            for each in home.scopes.module.bindings.get(name, ())
        ]

    def attribute_values(self, module: Module, node: ast.Attribute) -> list[ast.expr]:
        """What the class around a method gives ``self.name``."""
        return [statement.value for statement in self.attribute_statements(module, node) if statement.value is not None]

    def attribute_statements(self, module: Module, node: ast.Attribute) -> list[ast.Assign | ast.AnnAssign]:
        """The assignments to ``self.name`` in the class around a method."""
        if not isinstance(node.value, ast.Name) or node.value.id not in {"self", "cls"}:
            return []
        here: ast.AST | None = node
        while here is not None and not isinstance(here, ast.ClassDef):
            here = module.parent(here)
        if here is None:
            return []
        wanted = ast.unparse(node)
        statements = (each for each in ast.walk(here) if isinstance(each, ast.Assign | ast.AnnAssign))
        return [each for each in statements if wanted in {ast.unparse(target) for target in _targets(each)}]

    @cached_property
    def module_values(self) -> dict[PurePosixPath, dict[PurePosixPath, list[ast.expr]]]:
        """Where a module takes another one, by the path of this, as a value: not to read one of its names."""
        return {path: found for path, module in self.modules.items() if (found := self._module_values(module))}

    def _module_values(self, module: Module) -> dict[PurePosixPath, list[ast.expr]]:
        found: dict[PurePosixPath, list[ast.expr]] = defaultdict(list)
        for scope in {module.scopes.module, *module.scopes.of_definition.values()}:
            for name, bindings in scope.bindings.items():
                reads = scope.uses.get(name, ()) if all(each.kind is Kind.IMPORT for each in bindings) else ()
                for read in reads if any(self._may_be_ours(module, each) for each in bindings) else ():
                    node: ast.expr = read
                    while isinstance(above := module.parent(node), ast.Attribute) and above.attr != "__dict__":
                        node = above
                    symbol = self.resolve(module, node)
                    is_thing = symbol is None or symbol.definition is not None or symbol.parameter is not None
                    if symbol is not None and symbol.home is not None and not is_thing:
                        found[symbol.home.path].append(node)
        return found

    def _may_be_ours(self, module: Module, binding: Binding) -> bool:
        """Whether an import may bring a module of the tree."""
        statement = binding.statement
        if not isinstance(binding.node, ast.alias):
            return False
        if not isinstance(statement, ast.ImportFrom):
            return binding.node.name.partition(".")[0] in self._tops
        dotted = statement.module or ""
        names = dotted, f"{dotted}.{binding.node.name}".strip(".")
        return any(self.find(module.path, each, statement.level) is not None for each in names)

    # --- what has to be read closely --------------------------------------------------------------------------------

    @cached_property
    def relevant(self) -> list[Module]:
        """The modules that name a library of the catalogue, and those that import one of these, and so on.

        A login can be in no other: the rest is parsed, and searched as text, but its names are not resolved.
        """
        importing = self.importing
        found = {path for path, module in self.modules.items() if self._names_a_library(module)}
        while True:
            more = {path for path, targets in importing.items() if path not in found and not found.isdisjoint(targets)}
            if not more:
                return [module for path, module in self.modules.items() if path in found]
            found |= more

    @cached_property
    def importing(self) -> dict[PurePosixPath, set[PurePosixPath]]:
        """The files of the tree that each module imports."""
        return {path: self._imported_files(module) for path, module in self.modules.items()}

    def reached_from(self, path: PurePosixPath) -> set[PurePosixPath]:
        """A module with all that it imports, and what that imports: what one program is made of."""
        found, waiting = {path}, [path]
        for each in waiting:
            more = self.importing.get(each, set()) - found
            found |= more
            waiting += more
        return found

    def _names_a_library(self, module: Module) -> bool:
        text = module.source.text
        return _LIBRARY.search(text) is not None or any(name in text for name in self.wrappers)

    def _imported_files(self, module: Module) -> set[PurePosixPath]:
        """The files of the tree that a module imports, by the text of its imports."""
        found: set[PurePosixPath] = set()
        for match in _IMPORT.finditer(module.source.text):
            dots, dotted = match["dots"] or "", match["dotted"] or match["module"] or ""
            names = re.findall(r"\w+", match["names"] or "")
            for each in (dotted, *(f"{dotted}.{name}".strip(".") for name in names)):
                path = self.find(module.path, each, len(dots))
                if path is not None:
                    found.add(path)
        return found

    # --- calls --------------------------------------------------------------------------------------------------------

    def calls(self) -> Iterator[tuple[Module, ast.Call]]:
        """Every call of every module that is read closely."""
        for module in self.relevant:
            for node in module.every(ast.Call):
                yield module, node

    @cached_property
    def callers(self) -> dict[ast.AST, list[tuple[Module, ast.Call]]]:
        """The calls of each function and class of the tree; a method's are guessed by its name."""
        found: dict[ast.AST, list[tuple[Module, ast.Call]]] = defaultdict(list)
        methods: dict[str, list[ast.AST]] = defaultdict(list)
        for module in self.relevant:
            for node in module.every(ast.ClassDef):
                for child in node.body:
                    if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                        methods[child.name].append(child)
        for module, call in self.calls():
            symbol = self.resolve(module, call.func)
            if symbol is not None and symbol.definition is not None:
                found[symbol.definition].append((module, call))
            elif isinstance(call.func, ast.Attribute):
                for method in methods.get(call.func.attr, ()):
                    found[method].append((module, call))
        return found

    def calls_of(
        self, module: Module, function: ast.FunctionDef | ast.AsyncFunctionDef
    ) -> list[tuple[Module, ast.Call]]:
        """The calls of a function; of a class for its ``__init__``."""
        around = module.parent(function)
        if function.name == "__init__" and isinstance(around, ast.ClassDef):
            return self.callers.get(around, [])
        return self.callers.get(function, [])

    @staticmethod
    def argument(function: ast.FunctionDef | ast.AsyncFunctionDef, call: ast.Call, name: str) -> ast.expr | None:
        """What a call gives a parameter of a function; for a starred argument, the whole of it."""
        for word in call.keywords:
            if word.arg == name:
                return word.value
        names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
        if names and names[0] in {"self", "cls"}:
            names = names[1:]
        for position, given in enumerate(call.args):
            if isinstance(given, ast.Starred):
                return given.value
            if position < len(names) and names[position] == name:
                return given
        return None


def _targets(statement: ast.Assign | ast.AnnAssign) -> list[ast.expr]:
    return statement.targets if isinstance(statement, ast.Assign) else [statement.target]


def project_of(tree: Tree) -> Project:
    """The Python modules of a tree, parsed once; what cannot be parsed is noted in the tree."""
    return once(tree, _read_all)


def _read_all(tree: Tree) -> Project:
    wrappers = tuple(name.rpartition(".")[2] for name in tree.options.wrappers)
    project = Project(files=tree.files, wrappers=wrappers)
    for path in sorted(tree.files):
        for module in _read(tree, path):
            project.modules[path] = module
    return project


def _read(tree: Tree, path: PurePosixPath) -> Iterable[Module]:
    content = tree.files[path]
    if path.suffix == ".ipynb":
        read = notebook.read(path, content)
        tree.failures.extend(read.failures)
        if read.module is not None:
            yield read.module
    elif path.suffix in {".py", ".pyw"}:
        try:
            yield Module(text.decode(path, content))
        except text.UnreadableError as error:
            tree.failures.append(Failure(path, str(error), Place(error.line)))
        except SyntaxError as error:
            line = error.lineno or 1
            tree.failures.append(Failure(path, f"Python 3 cannot read it: {error.msg}", Place(line)))
