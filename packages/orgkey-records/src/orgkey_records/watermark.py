"""How far a run of changes came, so that the next one begins there, in this process or in another."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orgkey
from orgkey_records.errors import InvalidInput, RecordsError
from orgkey_records.literals import literal

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Mark", "Watermark"]

_FORMAT: Final = 1
# Seconds after which a stamp is taken to be past: this machine's clock may be ahead of Salesforce's by that much.
_SETTLED: Final = 300.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the order of changes, which is by stamp and then by id.

    Attributes
    ----------
    since:
        The stamp of the last record.
    last:
        Its id, where no further record can get that stamp. What follows is then known by comparison.
    seen:
        Else the records of that very stamp that were there already: another may yet come before them.

    """

    since: str
    last: str = ""
    seen: frozenset[str] = frozenset()


class Watermark:
    """Remembers how far each extract came.

    Parameters
    ----------
    path:
        A JSON file to remember it in; replaced whole at each step, so that a crash leaves the old or the new one. None
        keeps it in memory: :attr:`state` is then what to keep elsewhere, and to give back as ``state``.
    overlap:
        Seconds before the mark to read again. Salesforce stamps a record when it is written and shows it when its
        transaction ends, so what a long transaction writes may appear behind the mark. With an overlap, records of that
        time come more than once.
    state:
        What :attr:`state` was.
    clock:
        Time, for tests.

    Raises :class:`~orgkey_records.InvalidInput` where nothing can be remembered at ``path``, before anything is read.
    """

    def __init__(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        overlap: float = 0.0,
        state: Mapping[str, Any] | None = None,
        clock: orgkey.Clock | None = None,
    ) -> None:
        self.path = None if path is None else _usable(Path(path))
        self.overlap = overlap
        self._clock = orgkey.SYSTEM_CLOCK if clock is None else clock
        self._asked: dict[str, float] = {}
        self._marks = _marks(state if state is not None else self._read())

    @property
    def state(self) -> dict[str, Any]:
        """All that is remembered, as plain data."""
        marks = {
            key: {"since": mark.since, "last": mark.last, "seen": sorted(mark.seen)}
            for key, mark in self._marks.items()
        }
        return {"format": _FORMAT, "extracts": marks}

    def condition(self, key: str) -> str:
        """What limits a query, made now, to what is new for the extract ``key``; empty where all of it is."""
        self._asked[key] = self._clock.now()
        mark = self._marks.get(key)
        if mark is None:
            return ""
        stamp = datetime.fromisoformat(mark.since)
        if self.overlap or not mark.last:
            return f"SystemModstamp >= {literal(stamp - timedelta(seconds=self.overlap))}"
        moment = literal(stamp)
        return f"SystemModstamp > {moment} OR (SystemModstamp = {moment} AND Id > {literal(mark.last)})"

    def is_new(self, key: str, record_id: str, stamp: str) -> bool:
        """Whether the record was not there yet when the mark was made."""
        mark = self._marks.get(key)
        return mark is None or stamp != mark.since or record_id not in mark.seen

    def advance(self, key: str, changes: list[tuple[str, str]]) -> None:
        """Move the mark past ``changes``: ids and stamps in the order of the query, all of them dealt with."""
        if not changes:
            return
        before, (last, since) = self._marks.get(key), changes[-1]
        stamp = datetime.fromisoformat(since)
        if before is not None and stamp < datetime.fromisoformat(before.since):
            return  # within the overlap
        if stamp.timestamp() < self._asked.get(key, 0.0) - _SETTLED:
            self._marks[key] = Mark(since, last=last)
        else:
            seen = frozenset(record_id for record_id, each in changes if each == since)
            self._marks[key] = Mark(
                since, seen=seen | (before.seen if before and before.since == since else frozenset())
            )
        self._write()

    def _read(self) -> Mapping[str, Any]:
        if self.path is None or not self.path.exists():
            return {"format": _FORMAT, "extracts": {}}
        try:
            state: Mapping[str, Any] = json.loads(self.path.read_text(encoding="utf-8"))
        except OSError as error:
            raise InvalidInput(f"The watermark {self.path} cannot be read: {error.strerror}.") from None
        except ValueError:
            raise InvalidInput(f"{self.path} is no watermark of orgkey-records. Move it away to start anew.") from None
        return state

    def _write(self) -> None:
        if self.path is None:
            return
        beside = self.path.with_name(f"{self.path.name}.new")
        try:
            with beside.open("w", encoding="utf-8") as file:
                json.dump(self.state, file)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self.path)
        except OSError as error:
            raise RecordsError(
                f"The watermark {self.path} cannot be written: {error.strerror}. What was read since it last was "
                "comes again with the next run."
            ) from error


def _usable(path: Path) -> Path:
    folder = path.parent
    if os.path.isdir(path):  # noqa: PTH112  # Path's own raises where a folder on the way may not be entered
        raise InvalidInput(f"The watermark {path} is a folder. Name a file in it, such as {path / 'watermark.json'}")
    if not os.path.isdir(folder):  # noqa: PTH112
        raise InvalidInput(f"The watermark {path} cannot be written: there is no folder {folder}. Make it first.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise InvalidInput(
            f"The watermark {path} cannot be written: this user may not write into {folder}, where it is replaced "
            "whole at each step. Name a file in a folder of his."
        )
    return path


def _marks(state: Mapping[str, Any]) -> dict[str, Mark]:
    try:
        if state["format"] != _FORMAT:
            raise InvalidInput(f"This watermark has format {state['format']!r}; this version reads {_FORMAT}.")
        return {
            key: Mark(each["since"], each["last"], frozenset(each["seen"])) for key, each in state["extracts"].items()
        }
    except (KeyError, TypeError, AttributeError):
        raise InvalidInput("This is no watermark of orgkey-records. Move it away to start anew.") from None
