"""The noxfile leaves pytest the last word, and only that."""

from __future__ import annotations

import importlib.util
import logging
import sys
from typing import Any

import matrix
import pytest

pytest.importorskip("nox")


@pytest.fixture(scope="module")
def noxfile() -> Any:
    spec = importlib.util.spec_from_file_location("noxfile", matrix.ROOT / "noxfile.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", "")  # loading it changes PATH and the environment
        patch.setenv("UV_PYTHON_DOWNLOADS", "never")
        patch.setattr("sys.path", list(sys.path))
        spec.loader.exec_module(module)
    return module


def says(noxfile: Any, level: str, message: str) -> bool:
    record = logging.LogRecord("nox", logging.INFO, __file__, 0, message, None, None)
    record.levelname = level
    return bool(noxfile.last_word.filter(record))


def test_nox_is_quiet_after_pytest_s_closing_line_until_it_starts_or_sums_up(noxfile: Any) -> None:
    assert says(noxfile, "INFO", "Creating virtual environment")
    noxfile.last_word.grant()
    assert not says(noxfile, "ERROR", "Command pytest failed with exit code 1")
    assert not says(noxfile, "SUCCESS", "Session tests was successful")
    assert says(noxfile, "SESSION_INFO", "Ran 2 sessions")
    assert says(noxfile, "ERROR", "* tests: failed")
