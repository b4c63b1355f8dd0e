"""What a traceback with locals would show of an error, in the frames of this project's own packages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import orgkey

if TYPE_CHECKING:
    from collections.abc import Iterator

OUR_CODE = str(Path(orgkey.__file__).parent)


def shown(error: BaseException) -> str:
    """The texts of ``error`` and of all errors behind it, and every local variable of our own frames."""
    return "\n".join(part for link in _chain(error) for part in _parts(link))


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        link = waiting.pop()
        if link is not None and link not in seen:
            seen.append(link)
            waiting += [link.__cause__, None if link.__suppress_context__ else link.__context__]
            yield link


def _parts(error: BaseException) -> Iterator[str]:
    yield str(error)
    yield repr(error)
    traceback = error.__traceback__
    while traceback is not None:
        frame = traceback.tb_frame
        if frame.f_code.co_filename.startswith(OUR_CODE):
            for name, value in frame.f_locals.items():
                yield f"{frame.f_code.co_name}: {name} = {_representation(value)}"
        traceback = traceback.tb_next


def _representation(value: object) -> str:
    try:
        return repr(value)
    except AttributeError:  # an object that was never finished
        return f"<unfinished {type(value).__name__}>"
