"""The page that leads from an empty folder to a customer's consent, run as it stands."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "first_tenant.md"


def test_the_page_leads_to_a_consent_and_back_to_one(tmp_path: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        text = text.replace(":8910", f":{free.getsockname()[1]}")
    blocks = re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    script = "set -eu\ntrap 'kill $(jobs -p)' EXIT\n" + "echo '---'\n".join(blocks)
    environment = {
        "HOME": str(tmp_path),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": "200",
    }
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=55, check=False
    )
    for secret in (*tmp_path.glob("*.key"), *tmp_path.glob("*.json"), *tmp_path.glob("*.sh")):
        secret.unlink()  # they hold one by design; the search at the end of the suite looks at all else
    assert done.returncode == 0, done.stdout + done.stderr
    _, _, consent, refresh, back = done.stdout.split("---\n")
    assert "acme is connected" in consent
    assert "ACTIVE" in consent
    assert "FAILED" not in refresh
    assert "exit code 3" in back
    assert "NEEDS_REAUTH" in back
    assert re.search(r"^state +ACTIVE", back, re.MULTILINE)
    assert "Waiting until it comes back" in done.stderr
