"""The page that leads from an empty folder to a first query, run as it stands, and how long that takes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "first_session.md"
FIVE_MINUTES = 300


def test_the_page_leads_to_a_query(tmp_path: Path) -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    script = "set -eu\ntrap 'kill $(jobs -p)' EXIT\n" + "echo '---'\n".join(blocks)
    environment = {
        "HOME": str(tmp_path),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": "160",
    }
    started = time.monotonic()
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=55, check=False
    )
    for secret in (*tmp_path.rglob("*.key"), *tmp_path.glob("*.json"), *tmp_path.glob("profiles.toml")):
        secret.unlink()  # they hold one by design; the search at the end of the suite looks at all else
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - started < FIVE_MINUTES
    _, admin, _, _, mistake, _, query, program, broken = done.stdout.split("---\n")
    assert "admin@acme.example" in admin
    assert "USER_NOT_ADMIN_APPROVED" in mistake
    assert "exit code 3" in mistake
    assert len(re.findall(r"Contact|[A-Z]\w+ [A-Z]\w+", query)) >= 3
    assert program == "25 contacts\n"
    assert "USER_FROZEN" in broken
