"""Run the commands of the migration guides and compare, or write anew, what they print.

A block marked ``console`` holds lines that begin with ``$``, and below each what it printed. All blocks of a guide run
one after the other in a copy of examples/legacy_repository that git knows.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GUIDES = ROOT / "migration_guides"
REPOSITORY = ROOT / "examples" / "legacy_repository"
BLOCK = re.compile(r"(?P<open>^```console\n)(?P<body>.*?)(?P<close>^```$)", re.MULTILINE | re.DOTALL)
IDENTITY = ("user.name=Ledger", "user.email=ledger@acme.example", "init.defaultBranch=main", "commit.gpgsign=false")


def main() -> int:
    """Write what the commands print into the guides."""
    for guide in sorted(GUIDES.glob("*.md")):
        before = guide.read_text(encoding="utf-8")
        after = anew(guide)
        guide.write_text(after, encoding="utf-8")
        print(f"{guide.relative_to(ROOT)}: {'unchanged' if before == after else 'updated'}")
    return 0


def anew(guide: Path) -> str:
    """The text of a guide with what its commands print now."""
    text = guide.read_text(encoding="utf-8")
    if not BLOCK.search(text):
        return text
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch).resolve() / "repository"
        shutil.copytree(REPOSITORY, folder)
        for command in ("git init --quiet", "git add --all", "git commit --quiet --message Ledger"):
            run(command, folder)
        return BLOCK.sub(lambda block: block["open"] + transcript(block["body"], folder) + block["close"], text)


def transcript(body: str, folder: Path) -> str:
    """A block's commands, each with what it prints."""
    commands = [line[2:] for line in body.splitlines() if line.startswith("$ ")]
    return "".join(f"$ {command}\n{run(command, folder)}" for command in commands)


def run(command: str, folder: Path) -> str:
    """What a command prints, and its exit code where that is not 0."""
    environment = {
        "HOME": str(folder.parent),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": "100",
        "NO_COLOR": "1",
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_COUNT": str(len(IDENTITY)),
    }
    for number, (name, value) in enumerate(setting.split("=") for setting in IDENTITY):
        environment |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=60,
    )
    printed = "".join(f"{line.rstrip()}\n" for line in done.stdout.replace(f"{folder}/", "").splitlines())
    return printed + (f"(exit code {done.returncode})\n" if done.returncode else "")


if __name__ == "__main__":
    sys.exit(main())
