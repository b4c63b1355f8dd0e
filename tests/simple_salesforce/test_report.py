"""The report of ``orgkey run --observe``, from the log of processes that may have been killed while they wrote."""

from __future__ import annotations

import json

from orgkey_run.report import Login, Report

LINE = json.dumps({"file": "a.py", "line": 3, "call": "Salesforce", "shape": "OAUTH_PASSWORD"})


def test_a_half_written_line_is_passed_over(tmp_path):
    log = tmp_path / "log"
    log.write_text(f"{LINE}\n{LINE}\n{LINE[:30]}")
    assert Report.read(log).logins == {Login("a.py", 3, "Salesforce", "OAUTH_PASSWORD"): 2}


def test_no_log_is_no_login(tmp_path):
    report = Report.read(tmp_path / "none")
    assert report.text() == "orgkey run: 0 password logins observed."
    assert json.loads(report.json()) == {"format": 1, "logins": [], "unobserved": []}
