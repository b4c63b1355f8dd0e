"""Where a value that is an attribute is declared: in a class of the tree, or as an option of the command line."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_codemod.python.reading.module import Module
    from orgkey_codemod.python.reading.project import Project

__all__ = ["classes_of", "declarations", "made_by", "option_names"]


def classes_of(project: Project, module: Module, node: ast.expr) -> Iterator[tuple[Module, ast.ClassDef]]:
    """The classes of the tree that an expression is, or is an instance of."""
    made = [(module, node), *((module, value) for value in made_by(module, node))]
    made += [(module, annotation) for annotation in _annotations(module, node)]
    made += [(home, each.value) for home, each in project.definitions(module, node) if each.value is not None]
    for home, value in made:
        symbol = project.resolve(home, value.func if isinstance(value, ast.Call) else value)
        if symbol is not None and symbol.home is not None and isinstance(symbol.definition, ast.FunctionDef):
            returned = symbol.definition.returns
            symbol = project.resolve(symbol.home, returned) if returned is not None else None
        if symbol is not None and symbol.home is not None and isinstance(symbol.definition, ast.ClassDef):
            yield symbol.home, symbol.definition


def declarations(definition: ast.ClassDef, name: str) -> list[ast.Assign | ast.AnnAssign]:
    """The statements by which a class, or its methods for ``self``, give an attribute a value."""
    wanted = {name, f"self.{name}"}
    statements = (each for each in ast.walk(definition) if isinstance(each, ast.Assign | ast.AnnAssign))
    found: list[ast.Assign | ast.AnnAssign] = []
    for each in statements:
        targets = each.targets if isinstance(each, ast.Assign) else [each.target]
        if {ast.unparse(target) for target in targets} & wanted and (
            each in definition.body or "." in ast.unparse(targets[0])
        ):
            found.append(each)
    return found


def made_by(module: Module, node: ast.expr) -> list[ast.expr]:
    """What a name of a module was given."""
    return [each.value for each in module.scopes.bindings_of(node) if each.value is not None]


def _annotations(module: Module, node: ast.expr) -> list[ast.expr]:
    """What a parameter is said to be: ``settings: Settings``, or ``Annotated[Settings, Depends(...)]``."""
    givers = (each.node for each in module.scopes.bindings_of(node))
    found = [each.annotation for each in givers if isinstance(each, ast.arg) and each.annotation]
    inner = [
        each.slice.elts[0] for each in found if isinstance(each, ast.Subscript) and isinstance(each.slice, ast.Tuple)
    ]
    return [*found, *inner]


def option_names(call: ast.Call) -> set[str]:
    """The parameter or attribute that an option of a command line library fills."""
    dest = next((word.value for word in call.keywords if word.arg == "dest"), None)
    if isinstance(dest, ast.Constant):
        return {str(dest.value)}
    texts = [each.value for each in call.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    plain = [text for text in texts if not text.startswith("-")]
    long = [text for text in texts if text.startswith("--")]
    return {text.split("/")[0].lstrip("-").replace("-", "_") for text in plain or long or texts}
