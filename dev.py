"""Run the project's sessions on a machine that has only git and Python: sets up .venv, then hands over to nox.

Standard library only, and written so that an old Python can still read it and say what it needs.
"""

import hashlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "Scripts" / "python.exe" if os.name == "nt" else VENV / "bin" / "python"
STAMP = VENV / "dev-stamp.txt"
CONSTRAINTS = ROOT / "constraints" / "dev.txt"
OLDEST_PYTHON = (3, 11)
SHORTCUTS = {"demo": ["-s", "demo"], "test": ["-s", "tests"]}

USAGE = """\
python3 dev.py demo              start a local Salesforce and run the main job on it
python3 dev.py test              run the whole test suite
python3 dev.py test -- -k renew  whatever follows -- goes to pytest
python3 dev.py --list            list every session; any other arguments go to nox, such as: -s lint types

The first run makes .venv and installs nox and uv in it; later runs reuse them."""


def main(arguments: "list[str]") -> int:
    """Set up .venv unless it is up to date, run nox with the arguments and return its exit code."""
    if not arguments or arguments[0] in {"-h", "--help"}:
        print(USAGE)
        return 0 if arguments else 2
    set_up()
    nox = SHORTCUTS.get(arguments[0], arguments[:1]) + arguments[1:]
    return exit_code(subprocess.call([str(PYTHON), "-m", "nox", *nox], cwd=str(ROOT)))


def set_up() -> None:
    """Make .venv and install nox and uv in it, or leave it alone if that was done with the same pins."""
    interpreter = f"{sys.base_prefix} {sys.version}".replace("\n", " ")
    pins = hashlib.sha256(CONSTRAINTS.read_bytes()).hexdigest()
    stamp = STAMP.read_text(encoding="utf-8").splitlines() if STAMP.exists() else []
    if not PYTHON.exists() or (stamp and stamp[0] != interpreter):
        make_venv()
        stamp = []
    if stamp == [interpreter, pins]:
        return
    print("dev.py: installing nox and uv into .venv", flush=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    step("installing nox and uv", [*pip, "--constraint", str(CONSTRAINTS), "nox", "uv"])
    STAMP.write_text(f"{interpreter}\n{pins}\n", encoding="utf-8")


def make_venv() -> None:
    """Make .venv with the Python that runs this file."""
    if sys.version_info < OLDEST_PYTHON:
        stop(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]} ({sys.executable}).")
    if importlib.util.find_spec("ensurepip") is None:
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        stop(f"{sys.executable} cannot make virtual environments. On Debian and Ubuntu: apt install {package}")
    print(f"dev.py: making .venv with Python {sys.version.split()[0]}", flush=True)
    step("making .venv", [sys.executable, "-m", "venv", "--clear", str(VENV)])


def step(what: str, command: "list[str]") -> None:
    """Run one command of the set-up; where it fails, end here with its exit code."""
    code = exit_code(subprocess.call(command))
    if code:
        stop(f"{what} failed (exit code {code}); its own message is above. Nothing else was run.", code)


def stop(message: str, code: int = 1) -> None:
    """End the program with a message."""
    print(f"dev.py: {message}", file=sys.stderr)
    raise SystemExit(code)


def exit_code(returned: int) -> int:
    """Return a process's code as a shell gives it: 128 + the signal's number if a signal ended it."""
    return returned if returned >= 0 else 128 - returned


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
