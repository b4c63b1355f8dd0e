"""What `import orgkey` costs in a fresh process, beside `import httpx`."""

from __future__ import annotations

from functools import partial
from typing import Final

from harness import Effort, Goal, Row, alternate, ratio, run_python

__all__ = ["TITLE", "measure"]

TITLE: Final = "Import time"

_BARE: Final = "import httpx"
_LIMIT: Final = 1.3
_TAKES: Final = 3
# httpx brings a command with it, whose libraries may or may not be there; without them the comparison is the strictest,
# and the same on every machine.
_WITHOUT_COMMANDS: Final = "sys.modules['httpx._main'] = sys.modules['httpx2._main'] = None"
_WITHOUT_HTTPX2: Final = "sys.modules['httpx2'] = None"
_FACES: Final = "from orgkey import connect, SalesforceAuth"
_OURS: Final = {
    "import orgkey": ("import orgkey", _WITHOUT_HTTPX2),
    _FACES: (_FACES, _WITHOUT_HTTPX2),
    f"{_FACES}, httpx2 installed": (_FACES, ""),
}
_PEERS: Final = {
    _BARE: ("import httpx", ""),
    "google-auth on requests": ("import google.auth.transport.requests, google.oauth2.credentials", ""),
    "Authlib on httpx2": ("from authlib.integrations.httpx_client import OAuth2Client", ""),
    "aiosalesforce": ("import aiosalesforce.auth", ""),
}
_PROGRAM: Final = """\
import sys, time
{preparation}
{hidden}
started = time.process_time()
{statement}
print(time.process_time() - started)
"""


def measure(effort: Effort) -> list[Row]:
    """Milliseconds of CPU time in the importing process itself, without the interpreter's start."""
    cases = {**_OURS, **_PEERS}
    timers = {
        name: partial(_milliseconds, _PROGRAM.format(preparation=_WITHOUT_COMMANDS, hidden=hidden, statement=statement))
        for name, (statement, hidden) in cases.items()
    }
    samples = alternate(timers, effort.rounds, _TAKES)
    goals = {"import orgkey": Goal("≤", _LIMIT)}
    figure = f"by {_BARE}"
    rows = [Row(figure, name, "x", ratio(samples[name], samples[_BARE]), goals.get(name)) for name in cases]
    return rows + [Row("alone", name, "ms", samples[name]) for name in cases]


def _milliseconds(program: str) -> float:
    return float(run_python("-c", program)) * 1e3
