"""What every test of the project stands on: a clean environment, no network, one parent for servers."""

from __future__ import annotations

import atexit
import logging
import os
import socket
import sys
import warnings
from typing import TYPE_CHECKING

import canaries
import hypothesis
import pytest
from servers import Servers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Settings of the person who runs the tests; none of them may reach the code under test.
SETTINGS = ("SALESFORCE_", "ORGKEY_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "NETRC")
# Libraries that log whole envelopes, header lists and URLs at debug level, whoever calls them with what.
CHATTY = ("httpcore", "httpcore2", "httpx", "httpx2", "zeep")
# The suite tries the same examples on every machine, so that it says something about the change; `nox -s fuzz` looks for
# new ones. A busy machine is no failure: what must be quick is measured by the test itself.
hypothesis.settings.register_profile("repeatable", derandomize=True, database=None, deadline=None)
hypothesis.settings.register_profile("explore", deadline=None, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

HOMES = ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")


def pytest_configure(config: pytest.Config) -> None:
    """Cut the process off from the user's settings and from names beyond this machine."""
    config.pluginmanager.register(canaries.Watch(), "canaries")
    for name in [name for name in os.environ if name.upper().startswith(SETTINGS)]:
        del os.environ[name]
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    sys.addaudithook(resolve_no_foreign_name)
    # What the interpreter closes as it ends must not print below pytest's closing line.
    atexit.register(warnings.simplefilter, "ignore", ResourceWarning)


def resolve_no_foreign_name(event: str, arguments: tuple[object, ...]) -> None:
    """Answer a look-up of any name but this machine's as a machine without a network does."""
    if event == "socket.getaddrinfo" and not is_here(arguments[0]):
        raise socket.gaierror(socket.EAI_NONAME, f"tests resolve no names: {arguments[0]!r}")


def is_here(host: object) -> bool:
    """Tell whether a host is this machine, or an address and therefore no name."""
    text = host.decode() if isinstance(host, bytes) else str(host or "localhost")
    return text == "localhost" or text.endswith(".localhost") or ":" in text or text[-1:].isdecimal()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests that look at the whole run after all others."""
    items.sort(key=lambda item: item.get_closest_marker("last") is not None)


@pytest.fixture(scope="session", autouse=True)
def empty_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Profiles, caches and ~/.netrc are looked for in an empty folder."""
    home = str(tmp_path_factory.mktemp("home"))
    with pytest.MonkeyPatch.context() as patch:
        for name in HOMES:
            patch.setenv(name, home)
        yield


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """The parent of every server process of the suite; ``servers.start(*command).ready`` has the URLs."""
    parent = Servers()
    yield parent
    parent.stop()


@pytest.fixture
def canary() -> Callable[[str], str]:
    """Make invented secrets which the suite's last test searches every output for: ``canary("password")``."""
    return canaries.canary


@pytest.fixture(scope="session")
def canary_watch(pytestconfig: pytest.Config) -> canaries.Watch:
    """The search for leaked secrets that goes on during this run."""
    watch = pytestconfig.pluginmanager.getplugin("canaries")
    assert isinstance(watch, canaries.Watch)
    return watch
