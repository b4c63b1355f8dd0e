"""What upstream_suite.py has pytest do inside simple-salesforce's suite: replace, keep off the network, take notes."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import simple_salesforce
from simple_salesforce import bulk, bulk2

if TYPE_CHECKING:
    import pytest

_RUN = os.environ["UPSTREAM_RUN"]
_OUTCOMES: dict[str, str] = {}


def _put_in_place() -> None:
    import orgkey_simple_salesforce

    orgkey_simple_salesforce.install()


def _configure() -> None:
    """Set up JWT Bearer, and let what mocks an answer to a password answer with the suite's own token instead."""
    from simple_salesforce import tests  # type: ignore[attr-defined]  # only a checkout has them

    folder = Path(simple_salesforce.__file__).parent / "tests"
    os.environ |= {
        "SALESFORCE_LOGIN_URL": "https://login.salesforce.com",
        "SALESFORCE_CLIENT_ID": "configured",
        "SALESFORCE_USERNAME": "foo@bar.com",  # as the suite has it
        "SALESFORCE_PRIVATE_KEY_FILE": str(folder / "sample-key.pem"),
    }
    tests.LOGIN_RESPONSE_SUCCESS = tests.TOKEN_LOGIN_RESPONSE_SUCCESS


def _refuse(*_: object) -> NoReturn:
    raise OSError("this check does not reach out")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keep the worst of a test's three phases."""
    test = report.nodeid.rpartition("/")[2]
    if report.outcome != "passed" or report.when == "call":
        _OUTCOMES[test] = "failed" if "failed" in {report.outcome, _OUTCOMES.get(test)} else report.outcome


def pytest_sessionfinish() -> None:
    """Write the outcomes down."""
    Path(os.environ["UPSTREAM_REPORT"]).write_text(json.dumps(_OUTCOMES), encoding="utf-8")


# Before the tests are imported, which take the names from the package then.
for _module in (bulk, bulk2):
    vars(_module)["sleep"] = lambda *_: None
socket.socket.connect = _refuse  # type: ignore[method-assign]
if _RUN != "stock":
    _put_in_place()
if _RUN == "configured":
    _configure()
