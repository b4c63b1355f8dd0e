"""Processes: a fork in the middle of a renewal leaves nobody hanging, and each process renews for itself."""

from __future__ import annotations

import os
import subprocess
import sys
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from orgkey import forks
from orgkey.clock import SYSTEM_CLOCK, Clock

if TYPE_CHECKING:
    from orgkey_sim import App, Org, User

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")

PREAMBLE = """
    import os, signal, sys, threading
    import orgkey

    login_url, client_id, username, key_file = sys.argv[1:]
    grant = orgkey.JWTBearer(client_id, username, "file:" + key_file)
    session = orgkey.OrgSession(grant, login_url, orgkey.SessionOptions(allow_loopback_http=True))

    def in_child(work):
        child = os.fork()
        if child == 0:
            signal.alarm(45)  # a child that hangs is ended
            try:
                os._exit(work())
            finally:
                os._exit(99)
        return child

    def exit_code(child):
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
"""


@pytest.fixture
def clock() -> Clock:
    """Real time: other processes have no other."""
    return SYSTEM_CLOCK


class Program:
    """A program of its own, in its own process."""

    def __init__(self, org: Org, app: App, agent: User, text: str) -> None:
        code = dedent(PREAMBLE) + dedent(text)
        command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", code]
        command += [org.login_url, app.client_id, agent.username, app.private_key_file]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def words(self) -> list[str]:
        """What it printed."""
        try:
            out, error = self.process.communicate(timeout=55)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            pytest.fail("the program hung")
        assert self.process.returncode == 0, error
        return out.split()


def test_a_fork_during_a_flight_leaves_nobody_hanging(org: Org, app: App, agent: User) -> None:
    org.faults.add("token", delay=1.0, skip=1, times=1)
    program = """
        stale = session.token()
        waiter = threading.Thread(target=session.renew, args=(stale,))
        waiter.start()
        while session._flight is None:
            pass
        child = in_child(lambda: session.token().generation)
        waiter.join()
        print(exit_code(child), session.token().generation)
    """
    assert Program(org, app, agent, program).words() == ["2", "2"]
    assert org.token_requests == 3  # the login, and one renewal in each process


def test_a_fork_while_the_lock_is_held_leaves_nobody_hanging(org: Org, app: App, agent: User) -> None:
    program = """
        stale = session.token()
        session._lock.acquire()
        print(exit_code(in_child(lambda: session.renew(stale).generation)))
    """
    assert Program(org, app, agent, program).words() == ["2"]


def test_a_token_is_inherited_with_a_fork(org: Org, app: App, agent: User) -> None:
    program = """
        mine = session.token()
        print(exit_code(in_child(lambda: 7 if session.token().value == mine.value else 8)))
    """
    assert Program(org, app, agent, program).words() == ["7"]
    assert org.token_requests == 1


def test_a_fork_before_the_first_login_shares_nothing(org: Org, app: App, agent: User) -> None:
    program = """
        children = [in_child(lambda: session.token().generation) for _ in range(3)]
        print(session.token().generation, *map(exit_code, children))
    """
    assert Program(org, app, agent, program).words() == ["1", "1", "1", "1"]
    assert org.token_requests == 4


def test_a_fork_while_plugins_are_loaded_leaves_nobody_hanging(org: Org, app: App, agent: User) -> None:
    program = """
        from orgkey import forks, plugins

        held, forked = threading.Event(), threading.Event()

        def hold():
            with forks.lock():
                held.set()
                forked.wait()

        threading.Thread(target=hold).start()
        held.wait()
        child = in_child(lambda: 5 + len(plugins.observers()))
        forked.set()
        print(exit_code(child))
    """
    assert Program(org, app, agent, program).words() == ["5"]


def test_processes_make_one_token_request_each(org: Org, app: App, agent: User) -> None:
    processes, threads = 3, 125
    org.faults.add("token", delay=0.05, times=None)
    program = f"""
        stale = session.token()
        barrier, got = threading.Barrier({threads}), []

        def renew():
            barrier.wait()
            got.append(session.renew(stale).generation)

        crowd = [threading.Thread(target=renew) for _ in range({threads})]
        for thread in crowd: thread.start()
        for thread in crowd: thread.join()
        print(len(got), *set(got))
    """
    programs = [Program(org, app, agent, program) for _ in range(processes)]
    assert [program.words() for program in programs] == [[str(threads), "2"]] * processes
    assert org.token_requests == 2 * processes


def test_forks_are_counted(org: Org, app: App, agent: User) -> None:
    program = """
        from orgkey import forks
        print(forks.count(), exit_code(in_child(lambda: forks.count())))
    """
    assert Program(org, app, agent, program).words() == ["0", "1"]
    assert forks.count() == 0
