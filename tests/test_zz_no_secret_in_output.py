"""After everything: nothing that was printed, logged or written shows a secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from canaries import Watch

pytestmark = pytest.mark.last


def test_the_run_left_no_secret(canary_watch: Watch, tmp_path_factory: pytest.TempPathFactory) -> None:
    canary_watch.search_files(tmp_path_factory.getbasetemp())
    assert canary_watch.found == []
