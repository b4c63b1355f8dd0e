"""The password's branch taken out of a choice between two logins, so that the other one is all that is left."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orgkey_codemod.python.choices.branches import durable_logins
from orgkey_codemod.python.choices.questions import is_by_credentials
from orgkey_codemod.python.editing.statements import remove
from orgkey_codemod.python.reading.endings import speaks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orgkey_codemod.model import Edit
    from orgkey_codemod.python.logins.calls import Login
    from orgkey_codemod.python.reading.module import Module
    from orgkey_codemod.python.reading.project import Project

__all__ = ["Departure", "without_fallback"]

_ELSE: Final = re.compile(r"\s*(else)\s*:\s*")


@dataclass(frozen=True)
class Departure:
    """What takes a login away, with the branch that it is in."""

    edits: tuple[Edit, ...]
    removed: tuple[ast.expr, ...]
    """The expressions that go with it."""


def without_fallback(project: Project, login: Login, choice: ast.AST) -> Departure | None:
    """How the password's branch leaves a choice; None where that is for a person to do.

    The branch has to do nothing but log in, and no comment may go with it. What is left has to log in with a key or the
    secret of an app, as the same user and to the same org: a session from outside still needs a login to fall back on.
    """
    if not is_by_credentials(project, login, choice):
        return None
    try:
        found = _Choice(project, login).leave(choice)
    except SyntaxError:
        return None
    if found is None or any(_takes_a_comment(login.module, edit) for edit in found.edits):
        return None
    return found


def _takes_a_comment(module: Module, edit: Edit) -> bool:
    """Whether a comment goes with the bytes of an edit; a ``#`` in a string counts as one, to be on the safe side."""
    source = module.source
    return "#" in source.text.encode(source.encoding)[edit.start - source.skipped : edit.end - source.skipped].decode(
        source.encoding, "replace"
    )


class _Choice:
    """One choice, seen from the password's side of it."""

    def __init__(self, project: Project, login: Login) -> None:
        self.project: Final = project
        self.login: Final = login
        self.module: Final = login.module
        self.text: Final = login.module.source.text

    def leave(self, choice: ast.AST) -> Departure | None:
        if isinstance(choice, ast.IfExp):
            return self._expression(choice)
        if isinstance(choice, ast.Try):
            return self._try(choice)
        if not isinstance(choice, ast.If):
            return None
        if self._is_in(choice.body):
            return self._first_branch(choice)
        if self._is_in(choice.orelse):
            below = self._elif_below(choice)
            return self._alone(choice, choice.body, choice.orelse, choice.test) if below is None else self._elif(below)
        return self._early_return(choice)

    def _is_in(self, block: Sequence[ast.stmt]) -> bool:
        return any(self.login.call in ast.walk(statement) for statement in block)

    # --- the kinds of choices -----------------------------------------------------------------------------------------

    def _expression(self, choice: ast.IfExp) -> Departure | None:
        """``A if key else B``."""
        kept = choice.body if choice.orelse is self.login.call else choice.orelse
        if self.login.call not in {choice.body, choice.orelse} or not durable_logins(self.project, self.login, kept):
            return None
        start, end = self.module.start(choice), self.module.end(choice)
        before, behind = (start, self.module.start(kept)), (self.module.end(kept), end)
        if any(self.text[slice(*span)].count("(") != self.text[slice(*span)].count(")") for span in (before, behind)):
            return None
        return self._departure((before, behind), choice.test)

    def _try(self, choice: ast.Try) -> Departure | None:
        """``try: A`` and ``except: B``."""
        if choice.orelse or choice.finalbody or len(choice.handlers) != 1 or self._is_in(choice.body):
            return None
        return self._alone(choice, choice.body, choice.handlers[0].body, None)

    def _early_return(self, choice: ast.If) -> Departure | None:
        """``if key: return A``, and ``return B`` below."""
        around = getattr(self.module.parent(choice), "body", [])
        below = around[around.index(choice) + 1 :] if choice in around else []
        if choice.orelse or not self._is_in(below):
            return None
        return self._alone(choice, choice.body, below, choice.test, end=self.module.end(below[-1]) if below else 0)

    def _first_branch(self, choice: ast.If) -> Departure | None:
        """``if password: B``, with or without something behind it."""
        if not self._only_logs_in(choice.body):
            return None
        is_elif, behind = self._is_elif(choice), choice.orelse
        start, end = self.module.start(choice), self.module.end(choice)
        if not behind and is_elif:
            last = getattr(self.module.parent(choice), "body", [choice])[-1]
            return self._departure(((self._line_end(self.module.end(last)), self._line_end(end)),), choice.test)
        if not behind:
            edits = remove(self.module, choice).edits
            return Departure(edits, (self.login.call, choice.test))
        if isinstance(behind[0], ast.If) and self._is_elif(behind[0]):
            return self._departure(
                ((start, self.module.start(behind[0]) + (0 if is_elif else len("el"))),), choice.test
            )
        if not is_elif:
            return self._alone(choice, behind, choice.body, choice.test)
        other = _ELSE.match(self.text, self.module.end(choice.body[-1]))
        return self._departure(((start, other.start(1)),), choice.test) if other is not None else None

    def _elif(self, branch: ast.If) -> Departure | None:
        """``elif password: B``; the last ``else`` of three ways is no branch that can go."""
        if self._is_in(branch.body):
            return self._first_branch(branch)
        below = self._elif_below(branch)
        return self._elif(below) if below is not None else None

    def _elif_below(self, choice: ast.If) -> ast.If | None:
        below = choice.orelse[0] if choice.orelse else None
        return below if isinstance(below, ast.If) and self._is_elif(below) else None

    def _is_elif(self, choice: ast.If) -> bool:
        return self.text.startswith("elif", self.module.start(choice))

    # --- what the branch does -----------------------------------------------------------------------------------------

    def _only_logs_in(self, block: Sequence[ast.stmt]) -> bool:
        """Whether a block is a login, what only the login uses, and a word about it."""
        last = block[-1] if block else None
        if (
            not isinstance(last, ast.Assign | ast.AnnAssign | ast.Return | ast.Expr)
            or last.value is not self.login.call
        ):
            return False
        inside = {node for statement in block for node in ast.walk(statement)}
        return all(self._serves(statement, inside) for statement in block[:-1])

    def _serves(self, statement: ast.stmt, inside: set[ast.AST]) -> bool:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            return speaks(statement.value)
        if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
            return isinstance(statement, ast.Pass)
        name = statement.targets[0].id
        scope = self.module.scopes.scope_at(statement)
        return len(statement.targets) == 1 and all(use in inside for use in scope.uses.get(name, ()))

    def _takes_its_place(self, kept: Sequence[ast.stmt], gone: Sequence[ast.stmt]) -> bool:
        """Whether what is left gives whoever comes next the same: the name that is assigned, or the value returned."""
        if not any(durable_logins(self.project, self.login, statement) for statement in kept):
            return False
        last = gone[-1]
        if isinstance(last, ast.Return):
            return isinstance(kept[-1], ast.Return)
        if isinstance(last, ast.Assign):
            wanted = ast.unparse(last.targets[0])
            return any(isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == wanted for each in kept)
        return isinstance(last, ast.Expr)

    # --- edits --------------------------------------------------------------------------------------------------------

    def _departure(self, spans: Sequence[tuple[int, int]], test: ast.expr | None) -> Departure:
        edits = tuple(self.module.source.edit(start, end) for start, end in spans if start < end)
        return Departure(edits, (self.login.call, *([test] if test is not None else [])))

    def _alone(
        self, choice: ast.stmt, kept: Sequence[ast.stmt], gone: Sequence[ast.stmt], test: ast.expr | None, end: int = 0
    ) -> Departure | None:
        """Put a block of a choice in the place of the choice, indented as that is."""
        if not self._only_logs_in(gone) or not self._takes_its_place(kept, gone) or self._has_long_text(kept):
            return None
        source, start, first = self.module.source, self.module.start(choice), self.module.start(kept[0])
        line, _ = source.line_span(start)
        inner_line, _ = source.line_span(first)
        outer, inner = self.text[line:start], self.text[inner_line:first]
        if outer.strip():
            return None
        spans = [
            (start, first),
            (self._line_end(self.module.end(kept[-1])), self._line_end(end or self.module.end(choice))),
        ]
        if inner_line != line:
            if inner.strip() or not inner.startswith(outer):
                return None
            for number in range(source.line_of(first), source.line_of(self.module.end(kept[-1]))):
                below = source.line_starts[number]
                if self.text.startswith(inner, below):
                    spans.append((below + len(outer), below + len(inner)))
        return self._departure(spans, test)

    def _has_long_text(self, block: Sequence[ast.stmt]) -> bool:
        """Whether a string goes over several lines, which another indent would change."""
        strings = (
            self.module.segment(node)
            for statement in block
            for node in ast.walk(statement)
            if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))
        )
        return any("\n" in text and re.search(r"\"\"\"|'''|\\\r?\n", text) for text in strings)

    def _line_end(self, index: int) -> int:
        start, end = self.module.source.line_span(index)
        return start + len(self.text[start:end].rstrip("\r\n"))
