"""Dead plumbing: what only fed the arguments that go, from the local beside the call to the flag and the setting."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from orgkey_codemod.learned import once
from orgkey_codemod.model import Level, Reason
from orgkey_codemod.python.along import parameters
from orgkey_codemod.python.editing import signatures
from orgkey_codemod.python.editing.statements import fills_its_block, remove
from orgkey_codemod.python.judging.verdict import is_left
from orgkey_codemod.python.judging.verdicts import verdicts_of
from orgkey_codemod.python.reading.fields import classes_of, declarations, made_by, option_names
from orgkey_codemod.python.reading.module import tokens
from orgkey_codemod.python.reading.project import project_of
from orgkey_codemod.python.reading.scopes import Kind
from orgkey_codemod.python.reading.uses import How, uses
from orgkey_codemod.python.reading.values import is_pure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from orgkey_codemod.model import Edit, Tree
    from orgkey_codemod.python.judging.verdict import Verdict
    from orgkey_codemod.python.reading.module import Module
    from orgkey_codemod.python.reading.project import Project
    from orgkey_codemod.python.reading.scopes import Binding, Scope
    from orgkey_codemod.python.reading.uses import Use

    Function = ast.FunctionDef | ast.AsyncFunctionDef

__all__ = ["Dead", "Plumbing", "leaving", "plumbing_of", "taken_along"]


@dataclass(eq=False)
class Dead:
    """Something that nothing uses once the logins are rewritten."""

    module: Module
    node: ast.AST
    code: str
    level: Level
    what: str
    reason: Reason | None = None
    edits: tuple[Edit, ...] = ()
    is_doubted: bool = False
    """Whether something may use it all the same."""


@dataclass
class Plumbing:
    """All that is dead in a tree, and the expressions that go by default with what is."""

    dead: list[Dead] = field(default_factory=list)
    removed: set[ast.AST] = field(default_factory=set)
    """Every node of an expression that a default fix takes away."""


def plumbing_of(tree: Tree) -> Plumbing:
    """The dead plumbing of a tree, looked for once."""
    return once(tree, _search)


def _search(tree: Tree) -> Plumbing:
    project, found = project_of(tree), verdicts_of(tree).logins
    verdicts = [each for each in found if not each.is_left(tree)]
    plumbing = _Search(project, tree).run(pair for each in verdicts if each.level is Level.SAFE for pair in _goes(each))
    for verdict in verdicts:
        if verdict.level is Level.REVIEW and verdict.edits:
            own = _Search(project, tree).run(_goes(verdict))
            verdict.edits = (*verdict.edits, *_taken_along(own, plumbing))
            verdict.message = "; ".join([verdict.message, *_doubted(own, plumbing)])
    return plumbing


def _goes(verdict: Verdict) -> Iterator[tuple[Module, ast.expr]]:
    return ((verdict.login.module, each) for each in verdict.removed)


def leaving(tree: Tree) -> frozenset[ast.AST]:
    """Every node that goes with a login, by default or after review."""
    return once(tree, _leaving)


def _leaving(tree: Tree) -> frozenset[ast.AST]:
    verdicts = (each for each in verdicts_of(tree).logins if each.edits and not each.is_left(tree))
    expressions = (expression for verdict in verdicts for expression in verdict.removed)
    return frozenset(plumbing_of(tree).removed.union(*map(ast.walk, expressions)))


def taken_along(tree: Tree, module: Module, removed: Iterable[ast.expr]) -> tuple[tuple[Edit, ...], frozenset[ast.AST]]:
    """What takes away the names that only these expressions use, and every node that goes by it and with them."""
    own = _Search(project_of(tree), tree).run((module, each) for each in removed)
    return _taken_along(own, plumbing_of(tree)), frozenset(own.removed)


def _taken_along(own: Plumbing, plumbing: Plumbing) -> tuple[Edit, ...]:
    """What only one login under review uses goes with that login, without a finding of its own."""
    return tuple(edit for dead in _unreported(own, plumbing) for edit in dead.edits)


def _unreported(own: Plumbing, plumbing: Plumbing) -> list[Dead]:
    reported = {each.node for each in plumbing.dead}
    return [dead for dead in own.dead if dead.code == "SFA501" and dead.node not in reported]


def _doubted(own: Plumbing, plumbing: Plumbing) -> list[str]:
    """What the login's own finding has to say, where something may still use a name that goes with it."""
    return [dead.what for dead in _unreported(own, plumbing) if dead.is_doubted and dead.edits]


class _Search:
    """Works outward from the arguments that go, until nothing more is dead."""

    def __init__(self, project: Project, tree: Tree) -> None:
        self.project: Final = project
        self.tree: Final = tree
        self.found: Final = Plumbing()
        self.doomed: Final[set[ast.AST]] = set()
        """Every node of what goes by default or would go after review."""
        self.reported: Final[dict[ast.AST, Dead]] = {}
        self.statements: Final[list[tuple[Module, ast.stmt, Dead]]] = []
        self.parameters: Final[dict[Function, list[tuple[str, Dead]]]] = {}

    def run(self, expressions: Iterable[tuple[Module, ast.expr]]) -> Plumbing:
        """Look for what only these expressions use."""
        pending = [(module, each, Level.SAFE) for module, each in expressions]
        for _, expression, _ in pending:
            self._doom(expression, Level.SAFE)
        work = list(pending)
        while work:
            # a name may be dead only after the others that it feeds, so all are asked again
            more: list[tuple[Module, ast.expr, Level]] = []
            for module, expression, level in work:
                more += self._expression(module, expression, level)
            if not more:
                break
            work += [each for each in more if each not in work]
            if all(each in pending for each in more):
                break
            pending += more
        for module, statement, dead in self.statements:
            gone = [other for home, other, each in self.statements if home is module and each.level is Level.SAFE]
            removal = remove(module, statement, gone)
            dead.edits = removal.edits
        self._edit_signatures()
        self.found.dead = list(self.reported.values())
        return self.found

    def _doom(self, expression: ast.AST, level: Level) -> None:
        for node in ast.walk(expression):
            self.doomed.add(node)
            if level is Level.SAFE:
                self.found.removed.add(node)

    # --- names and attributes in what goes ----------------------------------------------------------------------------

    def _expression(
        self, module: Module, expression: ast.expr, level: Level
    ) -> Iterator[tuple[Module, ast.expr, Level]]:
        for node in ast.walk(expression):
            if isinstance(node, ast.Name) and node in module.scopes.owner:
                yield from self._name(module, module.scopes.owner[node], node.id, level)
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                yield from self._attribute(module, node)

    def _name(self, module: Module, owner: Scope, name: str, level: Level) -> Iterator[tuple[Module, ast.expr, Level]]:
        bindings = owner.bindings[name]
        if all(each.kind is Kind.IMPORT for each in bindings):
            yield from self._imported(module, owner, name)
            return
        if any(each.kind in {Kind.DEFINED, Kind.IMPORT} for each in bindings):
            return
        if not self._is_dead(module, owner, name):
            return
        if any(each.kind is Kind.PARAMETER for each in bindings):
            yield from self._parameter(module, bindings[0])
            return
        yield from self._assigned(module, owner, bindings, level)

    def _is_dead(self, module: Module, owner: Scope, name: str) -> bool:
        return not any(each.how in {How.READ, How.TAKEN} for each in self._other_uses(module, owner, name))

    def _other_uses(self, module: Module, owner: Scope, name: str) -> list[Use]:
        """The uses of a name that stay."""
        return [
            each
            for each in uses(self.project, module, owner, name)
            if each.node not in self.doomed and not _sets_it_anew(each, name)
        ]

    def _dead(
        self, module: Module, statement: ast.stmt, binding: Binding, grade: Level, reason: Reason | None = None
    ) -> Dead:
        """A name that feeds only what goes; where something may use it all the same, that is said."""
        doubts = self._other_uses(module, binding.scope, binding.name)
        what = "; ".join([f"{binding.name} feeds only what goes", *map(str, doubts[:1])])
        return Dead(module, statement, "SFA501", grade, what, reason, is_doubted=bool(doubts))

    def _imported(self, module: Module, owner: Scope, name: str) -> Iterator[tuple[Module, ast.expr, Level]]:
        reads = owner.uses.get(name, ())
        if any(read not in self.doomed for read in reads):
            return
        for home, binding in self.project.definitions(module, reads[0]) if reads else ():
            if home is not module and self._is_dead(home, binding.scope, binding.name):
                yield from self._assigned(home, binding.scope, home.scopes.module.bindings[binding.name], Level.REVIEW)

    # --- assignments --------------------------------------------------------------------------------------------------

    def _assigned(
        self, module: Module, owner: Scope, bindings: list[Binding], level: Level
    ) -> Iterator[tuple[Module, ast.expr, Level]]:
        first = bindings[0]
        statement = first.statement
        if statement is None or statement in self.reported:
            return
        if not isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign) or self._is_left(module, statement):
            return
        plain = len(bindings) == 1 and first.kind is Kind.ASSIGNED and not owner.is_class
        plain = plain and not (isinstance(statement, ast.Assign) and len(statement.targets) > 1)
        if not plain or first.value is None:
            self._several(module, statement, first, alone=len(bindings) == 1)
            return
        value = first.value
        grade, reason = self._grade(module, statement, first, value) if level is Level.SAFE else (Level.REVIEW, None)
        dead = self._dead(module, statement, first, grade, reason)
        if not is_pure(self.project, module, value):
            dead.what += "; what gives it its value may do more than that"
        self.reported[statement] = dead
        if first.name not in module.exported:
            self.statements.append((module, statement, dead))
        self._doom(value, grade)
        if isinstance(statement, ast.AnnAssign):
            self._doom(statement.annotation, grade)
        yield (module, value, grade)

    def _grade(
        self, module: Module, statement: ast.stmt, binding: Binding, value: ast.expr
    ) -> tuple[Level, Reason | None]:
        """How far the removal of one plain assignment can be trusted."""
        inside = "#" in module.segment(statement)
        if remove(module, statement).loses_comment or (inside and self._has_comment(module, statement)):
            return Level.REVIEW, Reason.COMMENT_LOSS
        shared = binding.name in module.exported or (
            binding.scope.is_module and binding.name in module.scopes.declared_global
        )
        shared = shared or bool(self._other_uses(module, binding.scope, binding.name))
        if shared or not is_pure(self.project, module, value) or fills_its_block(module, statement):
            return Level.REVIEW, None
        return Level.SAFE, None

    def _several(self, module: Module, statement: ast.stmt, first: Binding, *, alone: bool) -> None:
        """A name that is unpacked, or assigned in several places: found, for a person to take apart."""
        dead = self._dead(module, statement, first, Level.REVIEW)
        if first.kind is Kind.UNPACKED and first.value is not None and "sys.argv" in ast.unparse(first.value):
            dead.code, dead.reason = "SFA502", Reason.PUBLIC_SIGNATURE
            dead.what = "the command line still asks for a secret"
        self.reported[statement] = dead
        if first.kind is Kind.UNPACKED and alone:
            self._unpacked(module, statement, dead)

    @staticmethod
    def _has_comment(module: Module, statement: ast.stmt) -> bool:
        return any(token.text.startswith("#") for token in tokens(module.segment(statement)))

    def _unpacked(self, module: Module, statement: ast.stmt, dead: Dead) -> None:
        """Take dead names out of ``a, b = x, y``, or the whole statement where all of them are."""
        if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
            return
        target, value = statement.targets[0], statement.value
        if not isinstance(target, ast.Tuple | ast.List) or not all(isinstance(each, ast.Name) for each in target.elts):
            return
        scope = module.scopes.scope_at(statement)
        names = [each.id for each in target.elts if isinstance(each, ast.Name)]
        kept = [number for number, name in enumerate(names) if not self._is_dead(module, scope, name)]
        if not kept:
            dead.edits = (
                remove(module, statement).edits
                if is_pure(self.project, module, value) or "split" in ast.unparse(value)
                else ()
            )
            return
        if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(names):
            left = ", ".join(names[number] for number in kept)
            right = ", ".join(module.segment(value.elts[number]) for number in kept)
            dead.edits = (module.source.edit(module.start(statement), module.end(statement), f"{left} = {right}"),)

    def _is_left(self, module: Module, statement: ast.stmt) -> bool:
        return module.path in self.tree.readonly or is_left(self.tree, module, statement, "SFA501")

    # --- parameters ---------------------------------------------------------------------------------------------------

    def _parameter(self, module: Module, binding: Binding) -> Iterator[tuple[Module, ast.expr, Level]]:
        function = binding.scope.node
        if binding.node in self.reported or not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            return
        if _is_receiver(module, function, binding):
            return
        if module.path in self.tree.readonly or is_left(self.tree, module, binding.node, "SFA502"):
            return
        options = parameters.options_of(function, [binding.name])
        private = function.name.startswith("_") and not function.name.startswith("__")
        nested = isinstance(module.parent(function), ast.FunctionDef | ast.AsyncFunctionDef)
        reason = None if (private or nested) and not options else Reason.PUBLIC_SIGNATURE
        what = f"the parameter {binding.name} of {function.name}() has no use any more"
        if options:
            what = f"the option {binding.name} has no use any more"
        dead = Dead(module, options[0] if options else binding.node, "SFA502", Level.REVIEW, what, reason)
        self.reported[binding.node] = dead
        change = parameters.without(self.tree, module, function, [binding.name])
        if change is None:
            return
        self.parameters.setdefault(function, []).append((binding.name, dead))
        for home, argument in change.arguments:
            self._doom(argument, Level.REVIEW)
            yield home, argument, Level.REVIEW

    def _edit_signatures(self) -> None:
        """Give all parameters of a function the same edits: between one pair of brackets, commas belong to several."""
        for function, gone in self.parameters.items():
            change = parameters.without(self.tree, gone[0][1].module, function, [name for name, _ in gone])
            for _, dead in gone:
                dead.edits = change.edits if change is not None else ()

    # --- attributes ---------------------------------------------------------------------------------------------------

    def _attribute(self, module: Module, node: ast.Attribute) -> Iterator[tuple[Module, ast.expr, Level]]:
        statements = self.project.attribute_statements(module, node)
        if statements:
            yield from self._own_attribute(module, node, statements)
            return
        for home, binding in self.project.definitions(module, node):
            if self._is_dead(home, binding.scope, binding.name):
                yield from self._assigned(home, binding.scope, binding.scope.bindings[binding.name], Level.REVIEW)
            return
        if self._read_elsewhere(module, node):
            return
        self._flag(module, node)
        yield from self._field(module, node)

    def _own_attribute(
        self, module: Module, node: ast.Attribute, statements: Iterable[ast.Assign | ast.AnnAssign]
    ) -> Iterator[tuple[Module, ast.expr, Level]]:
        for other in module.attributes.get(node.attr, ()):
            if other not in self.doomed and isinstance(other.ctx, ast.Load) and isinstance(other.value, ast.Name):
                return
        for number, statement in enumerate(statements):
            if statement in self.reported or number or self._is_left(module, statement):
                continue
            dead = Dead(module, statement, "SFA501", Level.REVIEW, f"{ast.unparse(node)} feeds only what goes")
            self.reported[statement] = dead
            if statement.value is not None:
                self._doom(statement.value, Level.REVIEW)
                if (
                    is_pure(self.project, module, statement.value)
                    and isinstance(statement, ast.Assign)
                    and len(statement.targets) == 1
                ):
                    dead.edits = remove(module, statement).edits
                yield (module, statement.value, Level.REVIEW)

    def _read_elsewhere(self, module: Module, node: ast.Attribute) -> bool:
        wanted = ast.dump(node)
        others = module.attributes.get(node.attr, ())
        return any(other not in self.doomed and ast.dump(other) == wanted for other in others)

    def _flag(self, module: Module, node: ast.Attribute) -> None:
        """``args.password``, where a parser of the command line makes ``args``."""
        if not any("parse_" in ast.unparse(value) for value in made_by(module, node.value)):
            return
        for home, call in self.project.flags:
            if call not in self.reported and node.attr in option_names(call):
                what = f"the flag for {node.attr} has no use any more"
                dead = Dead(home, call, "SFA502", Level.REVIEW, what, Reason.PUBLIC_SIGNATURE)
                self.reported[call] = dead
                change = signatures.without_flag(home, call)
                if change is not None and not self._is_read_anywhere(node.attr) and home.path not in self.tree.readonly:
                    dead.edits = change.edits

    def _is_read_anywhere(self, attribute: str) -> bool:
        """Whether something that stays reads an attribute of this name, or all attributes at once."""
        modules = self.project.modules.values()
        reads = (node for module in modules for node in module.attributes.get(attribute, ()))
        return any(node not in self.doomed for node in reads) or any("vars(" in each.source.text for each in modules)

    def _field(self, module: Module, node: ast.Attribute) -> Iterator[tuple[Module, ast.expr, Level]]:
        """``config.password`` and ``Config.PASSWORD``, where a class of the tree declares the field."""
        for home, definition in classes_of(self.project, module, node.value):
            for statement in declarations(definition, node.attr)[:1]:
                if statement in self.reported or self._is_left(home, statement):
                    continue
                what = f"the field {node.attr} feeds only what goes"
                self.reported[statement] = Dead(home, statement, "SFA501", Level.REVIEW, what)
                if statement.value is not None:
                    self._doom(statement.value, Level.REVIEW)
                    yield home, statement.value, Level.REVIEW


def _is_receiver(module: Module, function: Function, binding: Binding) -> bool:
    """Whether a parameter is the ``self`` or ``cls`` of a method, which Python gives it whether it has a use or not."""
    places = [*function.args.posonlyargs, *function.args.args]
    is_static = any(isinstance(each, ast.Name) and each.id == "staticmethod" for each in function.decorator_list)
    return isinstance(module.parent(function), ast.ClassDef) and places[:1] == [binding.node] and not is_static


def _sets_it_anew(use: Use, name: str) -> bool:
    """Whether a read only decides about giving the same name another value."""
    here = use.node
    while use.module is not None and here is not None and not isinstance(here, ast.stmt):
        here = use.module.parent(here)
    if not isinstance(here, ast.If) or here.orelse:
        return False
    return all(
        isinstance(statement, ast.Assign) and [ast.unparse(target) for target in statement.targets] == [name]
        for statement in here.body
    )
