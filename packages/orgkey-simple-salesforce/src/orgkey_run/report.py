"""What was observed: password logins by place, from the log that the observed processes wrote."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Login", "Report"]

_FORMAT: Final = 1


@dataclass(frozen=True, slots=True, order=True)
class Login:
    """A place in the program that logs in with a password.

    ``shape`` is one of orgkey_simple_salesforce's ``Shape``, ``call`` is ``Salesforce`` or ``SalesforceLogin``.
    """

    file: str
    line: int
    call: str
    shape: str


@dataclass(frozen=True, slots=True)
class Report:
    """How often which place logged in, and which Pythons could not be observed."""

    logins: Counter[Login]
    unobserved: frozenset[str]

    @classmethod
    def read(cls, log: Path) -> Self:
        """The report of a log. A last line that a killed process left half written is passed over."""
        logins: Counter[Login] = Counter()
        unobserved = set()
        for line in log.read_text(encoding="utf-8").splitlines() if log.exists() else ():
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            if "unobserved" in entry:
                unobserved.add(str(entry["unobserved"]))
            else:
                logins[Login(**entry)] += 1
        return cls(logins, frozenset(unobserved))

    def text(self) -> str:
        """The report for a person."""
        total = self.logins.total()
        lines = [f"orgkey run: {total} password login{'' if total == 1 else 's'} observed{':' if total else '.'}"]
        lines += [
            f"  {login.file}:{login.line}  {login.call}, {login.shape}, {count} time{'' if count == 1 else 's'}"
            for login, count in sorted(self.logins.items())
        ]
        lines += [
            f"  not observed: {python} (orgkey-simple-salesforce is not installed there)"
            for python in sorted(self.unobserved)
        ]
        return "\n".join(lines)

    def json(self) -> str:
        """The report for a program. ``format`` changes when a reader must."""
        logins = [{**asdict(login), "count": count} for login, count in sorted(self.logins.items())]
        return json.dumps({"format": _FORMAT, "logins": logins, "unobserved": sorted(self.unobserved)}, indent=2) + "\n"
