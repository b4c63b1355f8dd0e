"""What `orgkey-codemod check` of a large tree costs, beside ruff and grep on the same tree."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from harness import Effort, Goal, Row, Samples, alternate, ratio, run_python

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["TITLE", "measure"]

TITLE: Final = "Checking a large tree for password logins"

_OURS: Final = "orgkey-codemod check"
_RUFF: Final = "ruff check --select F401 --no-cache"
_GREP: Final = "grep -rlF"
_START: Final = 0.5  # seconds that an interpreter may take to start, beside grep
_TREE: Final = Path(sysconfig.get_path("purelib"))
_HITS: Final = 40
# A module of 200 lines in which one function logs in, as most do.
_HEAD: Final = '''import os

from simple_salesforce import Salesforce


def client():
    """Log in."""
    return Salesforce(
        username=os.environ["CRM_USER"],
        password=os.environ["CRM_PASSWORD"],
        security_token=os.environ["CRM_TOKEN"],
        version="58.0",
    )
'''
_FUNCTION: Final = '''

def rows_{number}(page_size=200):
    """Read accounts, page by page."""
    rows = []
    for row in client().query_all("SELECT Id, Name FROM Account")["records"]:
        rows.append({{"id": row["Id"], "name": row["Name"].strip()}})
        if len(rows) >= page_size:
            break
    return rows
'''
_IN_PROCESS: Final = """\
import gc, sys, time
from pathlib import Path, PurePosixPath
from orgkey_codemod import check
from orgkey_codemod.model import Options, Tree
from orgkey_codemod.rules import RULES
content = Path(sys.argv[1]).read_bytes()
files = {PurePosixPath(f"client_{number}.py"): content for number in range(int(sys.argv[2]))}
gc.disable()  # as the command does
started = time.process_time()
check.examine(Tree(Options(), files), RULES)
print(time.process_time() - started)
"""
_PARSED: Final = """\
import ast, gc, sys, time
from pathlib import Path
text = Path(sys.argv[1]).read_text(encoding="utf-8")
gc.disable()
started = time.process_time()
for _ in range(int(sys.argv[2])):
    ast.parse(text)
print(time.process_time() - started)
"""
_PEAK: Final = """\
import contextlib, io, resource, sys
from orgkey_codemod.cli import main
with contextlib.redirect_stdout(io.StringIO()):
    main(["check", sys.argv[1]])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def measure(effort: Effort) -> list[Row]:
    """Wall time of whole commands on the installed packages, CPU time per line where there is something to find."""
    lines, files = _size(_TREE)
    cases: dict[str, Callable[[], float]] = {_OURS: partial(_wall, _ours)}
    cases |= {_RUFF: partial(_wall, _ruff)} if shutil.which("ruff") or _has_ruff() else {}
    cases |= {_GREP: partial(_wall, _grep)} if shutil.which("grep") else {}
    for warm in cases.values():
        warm()
    samples = alternate(cases, effort.rounds)
    counted = json.loads(_ours().stdout)["summary"]
    whole = f"a tree of {lines / 1e6:.1f} million lines in {files:,} files, {counted['matched']} of them matched"
    rows = [Row(whole, name, "s", samples[name]) for name in cases]
    return [*_ratios(samples), *rows, *_hit_files(effort), _peak()]


def _ratios(samples: dict[str, Samples]) -> list[Row]:
    rows = []
    if _RUFF in samples:
        rows.append(Row(f"by {_RUFF}", _OURS, "x", ratio(samples[_OURS], samples[_RUFF]), Goal("≤", 0.7)))
    if _GREP in samples:
        allowed = tuple(3 * seconds + _START for seconds in samples[_GREP])
        rows.append(Row(f"by 3 x {_GREP} + {_START} s", _OURS, "x", ratio(samples[_OURS], allowed), Goal("≤", 1)))
    return rows


def _size(tree: Path) -> tuple[int, int]:
    files = [path for path in tree.rglob("*.py") if path.is_file()]
    return sum(path.read_bytes().count(b"\n") for path in files), len(files)


def _wall(command: Callable[[], object]) -> float:
    started = time.perf_counter()
    command()
    return time.perf_counter() - started


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    # The tree lies in a folder that git ignores; without a repository above it, it is searched as any other is.
    environment = {**os.environ, "LC_ALL": "C", "GIT_CEILING_DIRECTORIES": str(_TREE.parent)}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)  # noqa: S603  # ours


def _ours() -> subprocess.CompletedProcess[str]:
    return _run(sys.executable, "-m", "orgkey_codemod", "check", "--format", "json", str(_TREE))


def _has_ruff() -> bool:
    return _run(sys.executable, "-m", "ruff", "--version").returncode == 0


def _ruff() -> subprocess.CompletedProcess[str]:
    found = shutil.which("ruff")
    command = [found] if found else [sys.executable, "-m", "ruff"]
    options = ("--select", "F401", "--no-cache", "--isolated", "--no-respect-gitignore", "--exit-zero", "--quiet")
    done = _run(*command, "check", *options, str(_TREE))
    assert "F401" in done.stdout, "ruff looked at nothing"
    return done


def _grep() -> subprocess.CompletedProcess[str]:
    done = _run("grep", "-rlF", "--include=*.py", "alesforce", str(_TREE))
    assert done.stdout, "grep found nothing, so it looked at nothing"
    return done


def _hit_files(effort: Effort) -> list[Row]:
    text = _HEAD + "".join(_FUNCTION.format(number=number) for number in range(18))
    thousands = text.count("\n") * _HITS / 1000
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "client.py")
        file.write_text(text, encoding="utf-8")

        def spent(program: str) -> float:
            return float(run_python("-c", program, str(file), str(_HITS))) * 1e3 / thousands

        cases = {"orgkey-codemod, all rules": _IN_PROCESS, "ast.parse": _PARSED}
        samples = alternate({name: partial(spent, program) for name, program in cases.items()}, effort.rounds)
    goals = dict.fromkeys(cases, None) | {"orgkey-codemod, all rules": Goal("≤", 25)}
    return [Row("per 1,000 lines of files with logins", name, "ms", samples[name], goals[name]) for name in cases]


def _peak() -> Row:
    kibibytes = float(run_python("-c", _PEAK, str(_TREE)))
    return Row("peak memory", _OURS, "MiB", (kibibytes / 1024,) * 3, Goal("≤", 100))
