"""What a person sees of the demo: a timeline as it happens, and a table of what each act showed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.rule import Rule
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


_LONGEST_MEASURE = 90


@dataclass(frozen=True)
class Claim:
    """One thing an act says it shows, and what was seen."""

    act: str
    what: str
    expected: object
    seen: object

    @property
    def holds(self) -> bool:
        """Whether it was seen as claimed; a text is looked for within what was seen."""
        if isinstance(self.expected, str) and isinstance(self.seen, str):
            return self.expected in self.seen
        return self.expected == self.seen

    @property
    def measure(self) -> str:
        """What was seen, in a few words: of a long text the part that was looked for."""
        if isinstance(self.expected, bool) and isinstance(self.seen, bool):
            return "yes" if self.seen else "no"
        if isinstance(self.seen, set):
            return ", ".join(sorted(map(str, self.seen))) or "nobody"
        text = " ".join(str(self.expected if self.holds else self.seen).split())
        return text if len(text) <= _LONGEST_MEASURE else f"{text[: _LONGEST_MEASURE - 3]}..."


class Timeline:
    """Prints the play and gathers its claims."""

    def __init__(self) -> None:
        self.console = Console(highlight=False)
        self.claims: list[Claim] = []
        self._act = ""

    def act(self, title: str, story: str) -> None:
        """Begin an act."""
        self._act = title
        self.console.print()
        self.console.print(Rule(f"[bold]{escape(title)}[/bold]", align="left"))
        self.console.print(f"[dim]{escape(story)}[/dim]")

    def script(self, line: str) -> None:
        """Something the script did or said."""
        self._line("cyan", "script", line)

    def admin(self, line: str) -> None:
        """Something that was done to the org."""
        self._line("yellow", "admin", line)

    def org(self, lines: Iterable[str]) -> None:
        """What the org saw."""
        for line in lines:
            self._line("magenta", "org", line)

    def claim(self, what: str, expected: object, seen: object) -> None:
        """Say what this act shows, and hold it against what was seen."""
        claim = Claim(self._act, what, expected, seen)
        self.claims.append(claim)
        mark = "[green]✓[/green]" if claim.holds else "[red]✗[/red]"
        measure = "" if claim.holds else f": [red]{escape(claim.measure)}[/red]"
        self.console.print(f"  {mark} {escape(what)}{measure}")

    def summary(self, seconds: float) -> bool:
        """Print the table. Returns whether every claim holds."""
        table = Table(title="What was shown", title_justify="left", box=SIMPLE_HEAD)
        for heading, ratio in (("act", 3), ("claim", 5), ("seen", 6), ("", 1)):
            table.add_column(heading, overflow="fold", ratio=ratio)
        for before, claim in zip([None, *self.claims], self.claims, strict=False):
            act = "" if before and before.act == claim.act else claim.act
            mark = "[green]✓[/green]" if claim.holds else "[bold red]✗[/bold red]"
            table.add_row(escape(act), escape(claim.what), escape(claim.measure), mark)
        self.console.print()
        self.console.print(table)
        failed = _failed(self.claims)
        verdict = f"[red]{len(failed)} of them do not hold[/red]" if failed else "every one holds"
        self.console.print(f"{len(self.claims)} claims in {seconds:.1f} s: {verdict}.")
        return not failed

    def _line(self, colour: str, who: str, line: str) -> None:
        self.console.print(f"  [{colour}]{who:>6}[/{colour}] │ {escape(line)}", overflow="fold")


def _failed(claims: Sequence[Claim]) -> list[Claim]:
    return [claim for claim in claims if not claim.holds]
