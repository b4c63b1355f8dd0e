"""Parameters taken out of a function, and their arguments out of every call in the tree: all of them, or none."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orgkey_codemod.python.editing.arguments import Pieces
from orgkey_codemod.python.editing.statements import has_comment, remove
from orgkey_codemod.python.reading.uses import How, uses

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orgkey_codemod.model import Edit
    from orgkey_codemod.python.reading.module import Module
    from orgkey_codemod.python.reading.project import Project

    Function = ast.FunctionDef | ast.AsyncFunctionDef

__all__ = ["Change", "without_flag", "without_parameters"]


@dataclass(frozen=True)
class Change:
    """The edits of a signature and of its calls."""

    edits: tuple[Edit, ...]
    arguments: tuple[tuple[Module, ast.expr], ...] = ()
    """What the calls gave for the parameters, which goes with them."""


def without_parameters(
    project: Project, module: Module, function: Function, names: Sequence[str], options: Sequence[ast.Call] = ()
) -> Change | None:
    """Take parameters away with their arguments; None where some use of the function cannot be followed.

    That is so where it is handed on as a value, named in a text (as tests do that patch it), called with ``*`` or
    ``**``, a method other than ``__init__``, or ``__init__`` of a class with bases, and where it is decorated.
    ``options`` are decorators that fill these parameters from the command line, and go with them; typer's options are
    the parameters themselves.
    """
    try:
        if options or _is_typer_command(project, module, function, names):
            if _is_given(project, function, names):
                return None
            return Change((*_signature(module, function, names), *(_decorator(module, option) for option in options)))
        return _with_calls(project, module, function, names)
    except SyntaxError:
        return None


def without_flag(module: Module, call: ast.Call) -> Change | None:
    """Take ``parser.add_argument("--password")`` away; an argument without a dash has others behind it."""
    statement = module.parent(call)
    names = [each.value for each in call.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    if not isinstance(statement, ast.Expr) or not names or not all(name.startswith("-") for name in names):
        return None
    if has_comment(module, statement):
        return None
    return Change(remove(module, statement).edits)


def _with_calls(project: Project, module: Module, function: Function, names: Sequence[str]) -> Change | None:
    definition: ast.AST = function
    skipped = 0
    around = module.parent(function)
    if isinstance(around, ast.ClassDef):
        if function.name != "__init__" or around.bases or around.keywords or around.decorator_list:
            return None
        definition, skipped = around, 1
    calls = _calls(project, module, definition, getattr(definition, "name", ""))
    if function.decorator_list or calls is None:
        return None
    edits = list(_signature(module, function, names))
    arguments: list[tuple[Module, ast.expr]] = []
    for home, call in calls:
        given = [each for name in names if (each := _argument(function, call, name, skipped)) is not None]
        if given:
            edits += _taken(Pieces.of_call(home, call), [number for number, _ in given])
            arguments += [(home, value) for _, value in given]
    return Change(tuple(edits), tuple(arguments))


def _is_typer_command(project: Project, module: Module, function: Function, names: Sequence[str]) -> bool:
    """Whether typer fills these parameters by options; an argument without a name has others behind it."""
    return (
        bool(function.decorator_list)
        and all(
            isinstance(each, ast.Call)
            and isinstance(each.func, ast.Attribute)
            and each.func.attr in {"command", "callback"}
            and any(_is_call_of(value, "Typer") for value in project.values_of(module, each.func.value))
            for each in function.decorator_list
        )
        and all(_is_option(function, name) for name in names)
    )


def _is_option(function: Function, name: str) -> bool:
    given = function.args
    places = [*given.posonlyargs, *given.args]
    defaults: list[tuple[ast.arg, ast.expr | None]] = list(
        zip(reversed(places), reversed(given.defaults), strict=False)
    )
    defaults += zip(given.kwonlyargs, given.kw_defaults, strict=True)
    argument = next(each for each in (*places, *given.kwonlyargs) if each.arg == name)
    default = next((value for each, value in defaults if each is argument), None)
    annotation = argument.annotation
    inside = [node for part in (default, annotation) if part is not None for node in ast.walk(part)]
    if any(_is_call_of(node, "Argument") for node in inside):
        return False
    return default is not None or any(_is_call_of(node, "Option") for node in inside)


def _is_call_of(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == name


def _is_given(project: Project, function: Function, names: Sequence[str]) -> bool:
    """Whether code gives a command these parameters itself: by a call, ``ctx.invoke``, ``callback`` or command line."""
    flags = {f"--{name.replace('_', '-')}" for name in names}
    own = {node for each in function.decorator_list for node in ast.walk(each)}
    for module in project.modules.values():
        has_flag = any(flag in module.source.text for flag in flags)
        if has_flag and any(each.value in flags and each not in own for each in module.every(ast.Constant)):
            return True
        for call in module.every(ast.Call) if function.name in module.source.text else ():
            called = ast.unparse(call.func).split(".")
            meant = {called[-1], *called[-2:-1]} if called[-1] == "callback" else {called[-1]}
            meant |= {ast.unparse(each).split(".")[-1] for each in call.args[:1]}
            by_name = any(word.arg is None or word.arg in names for word in call.keywords)
            by_place = called[-1] in {function.name, "callback"} and bool(call.args)
            if function.name in meant and (by_name or by_place):
                return True
    return False


def _decorator(module: Module, decorator: ast.Call) -> Edit:
    source = module.source
    start, end = source.line_span(module.start(decorator))[0], source.line_span(module.end(decorator))[1]
    if source.text[start:end].strip() != f"@{module.segment(decorator)}":
        raise SyntaxError("something else is on its lines")
    return source.edit(start, end)


# --- the signature ----------------------------------------------------------------------------------------------------


def _signature(module: Module, function: Function, names: Sequence[str]) -> tuple[Edit, ...]:
    """Take parameters out of the brackets.

    Raises
    ------
    SyntaxError
        Where one is not there, the text is of another shape, or a comment would go.

    """
    given = function.args
    order: list[str] = [each.arg for each in given.posonlyargs]
    order += ["/"] if order else []
    order += [each.arg for each in given.args]
    order += ["*" + given.vararg.arg] if given.vararg else ["*"] if given.kwonlyargs else []
    order += [each.arg for each in given.kwonlyargs]
    order += ["**" + given.kwarg.arg] if given.kwarg else []
    start = module.start(function)
    head = re.compile(rf"(async\s+)?def\s+{re.escape(function.name)}\s*(?=\()").match(module.source.text, start)
    if head is None or not set(names).issubset(order):
        raise SyntaxError("no such parameters")
    end = module.start(function.returns if function.returns is not None else function.body[0])
    gone = [order.index(name) for name in names]
    if "*" in order and {each.arg for each in given.kwonlyargs}.issubset(names):
        gone.append(order.index("*"))
    if "/" in order and {each.arg for each in given.posonlyargs}.issubset(names):
        gone.append(order.index("/"))
    return _taken(Pieces(module, head.end(), end, len(order)), gone)


def _taken(pieces: Pieces, gone: list[int]) -> tuple[Edit, ...]:
    removal = pieces.without(gone)
    if removal.loses_comment:
        raise SyntaxError("a comment speaks of it")
    return removal.edits


# --- the calls --------------------------------------------------------------------------------------------------------


def _calls(project: Project, module: Module, definition: ast.AST, name: str) -> list[tuple[Module, ast.Call]] | None:
    """Every call of a function or class; None where its name is used for anything else."""
    found = [
        (home, call)
        for home, call in project.calls()
        if (symbol := project.resolve(home, call.func)) is not None and symbol.definition is definition
    ]
    if any(isinstance(each, ast.Starred) for _, call in found for each in call.args):
        return None
    if any(word.arg is None for _, call in found for word in call.keywords):
        return None
    known = {call.func for _, call in found}
    scope = module.scopes.scope_at(definition)
    others = (each for each in uses(project, module, scope, name) if each.how in {How.READ, How.PERHAPS})
    return None if any(each.node not in known for each in others) else found


def _argument(function: Function, call: ast.Call, name: str, skipped: int) -> tuple[int, ast.expr] | None:
    """The number and the value of what a call gives for a parameter."""
    for number, word in enumerate(call.keywords, len(call.args)):
        if word.arg == name:
            return number, word.value
    places = [each.arg for each in (*function.args.posonlyargs, *function.args.args)][skipped:]
    if name in places and places.index(name) < len(call.args):
        return places.index(name), call.args[places.index(name)]
    return None
