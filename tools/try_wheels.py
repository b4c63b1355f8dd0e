"""Install the built wheels in a bare environment outside the checkout and run the demo from there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import matrix


def main(built: Path) -> None:
    """Try the wheels of a folder; the first command that fails ends this with its exit code."""
    with tempfile.TemporaryDirectory(prefix="orgkey-wheels-") as folder:
        away = Path(folder)
        python = away / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        run("uv", "venv", "--quiet", f"--python={sys.executable}", str(away / "venv"), cwd=away)
        wheels = [wheel(built, package) for package in matrix.packages()]
        install = ("uv", "pip", "install", "--quiet", f"--python={python}")
        # What the demo's agents are made with, besides what the packages need themselves.
        agents = f"--group={matrix.ROOT / 'pyproject.toml'}:langchain-agent"
        run(*install, f"--constraints={matrix.DEV_CONSTRAINTS}", agents, *wheels, cwd=away)
        modules = [matrix.distribution(package).replace("-", "_") for package in matrix.packages()]
        run(str(python), "-c", f"import {', '.join(modules)}", cwd=away)
        if (matrix.ROOT / "examples" / "demo").is_dir():
            shutil.copytree(matrix.ROOT / "examples", away / "examples")
            run(str(python), "examples/demo/__main__.py", cwd=away)


def wheel(built: Path, package: Path) -> str:
    """Return the requirement for a package's wheel with all its extras."""
    name = matrix.distribution(package)
    (path,) = built.resolve().glob(f"{name.replace('-', '_')}-*.whl")
    extras = ",".join(matrix.extras(package))
    return f"{name}[{extras}] @ {path.as_uri()}" if extras else f"{name} @ {path.as_uri()}"


def run(*command: str, cwd: Path) -> None:
    """Run a command away from the checkout."""
    print(f"$ {' '.join(command)}", flush=True)
    code = subprocess.call(command, cwd=cwd)
    if code:
        sys.exit(code)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
