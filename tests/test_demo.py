"""The demo shows what it claims, and would say so if it did not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

DEMO = Path(__file__).resolve().parent.parent / "examples" / "demo"


@pytest.mark.timeout(120)
def test_every_claim_of_the_demo_holds():
    environment = os.environ | {"COLUMNS": "120", "NO_COLOR": "1"}
    demo = subprocess.run(
        [sys.executable, str(DEMO)], env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert demo.returncode == 0, demo.stdout + demo.stderr
    assert "every one holds" in demo.stdout


def test_a_claim_that_does_not_hold_is_said_and_fails_the_demo(monkeypatch, capsys):
    monkeypatch.syspath_prepend(str(DEMO))
    from timeline import Timeline

    timeline = Timeline()
    timeline.act("1 An act", "a story")
    timeline.claim("two and two", 4, 5)
    assert timeline.summary(seconds=0.1) is False
    assert "1 of them do not hold" in capsys.readouterr().out
