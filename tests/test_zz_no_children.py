"""After everything: no process of the suite is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psutil
import pytest

if TYPE_CHECKING:
    from servers import Servers

pytestmark = pytest.mark.last

_GRACE_SECONDS = 5


def test_no_child_process_outlives_its_test(servers: Servers) -> None:
    servers.stop()
    children = psutil.Process().children(recursive=True)
    _, alive = psutil.wait_procs(children, timeout=_GRACE_SECONDS)
    assert [(child.pid, child.cmdline()) for child in alive] == []
