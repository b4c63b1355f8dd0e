"""Work that is shared out comes back whole and in order, whatever becomes of the processes that do it."""

from __future__ import annotations

import errno
import os
import signal
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil
import pytest

from orgkey_codemod import cli, discovery
from orgkey_codemod.shares import processes, shared_out

HERE = os.getpid()

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork"),
    # Threads of the test run's own are no matter to a child that only reads files.
    pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning"),
]


def slowly(piece: Sequence[int]) -> list[int]:
    """As the work, so that no process takes it all before the others have begun."""
    os.sched_yield()
    return [number * 2 for number in piece]


@pytest.mark.parametrize("number", [1, 2, 5])
@pytest.mark.parametrize("length", [0, 1, 7, 200, 1003])
def test_all_of_it_comes_back_in_order(number: int, length: int) -> None:
    pieces = shared_out(slowly, range(length), number)
    assert [each for piece in pieces for each in piece] == [each * 2 for each in range(length)]


def test_others_work_while_this_one_is_busy() -> None:
    ready, write = os.pipe()

    def work(piece: Sequence[int]) -> int:
        os.write(write, b".")
        return os.getpid()

    done = shared_out(work, range(400), 2, meanwhile=lambda: os.read(ready, 1))
    assert set(done) - {HERE}, "only this process worked"


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fail() -> None:
    raise ValueError("as a broken file would")


@pytest.mark.parametrize("end", [die, fail, lambda: os._exit(0)])
def test_what_a_process_does_not_bring_back_is_done_here(end: Callable[[], None]) -> None:
    def work(piece: Sequence[int]) -> list[int]:
        if os.getpid() != HERE:
            end()
        return slowly(piece)

    pieces = shared_out(work, range(1000), 3)
    assert [each for piece in pieces for each in piece] == [each * 2 for each in range(1000)]


@pytest.mark.parametrize("given", [0, 1])
def test_where_the_system_gives_no_process_fewer_do_the_work(given: int, monkeypatch: pytest.MonkeyPatch) -> None:
    fork, left = os.fork, [None] * given

    def scarce() -> int:
        if not left:
            raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
        left.pop()
        return fork()

    monkeypatch.setattr(os, "fork", scarce)
    open_files = psutil.Process().num_fds()
    pieces = shared_out(slowly, range(1003), 4)
    assert [each for piece in pieces for each in piece] == [each * 2 for each in range(1003)]
    assert psutil.Process().num_fds() == open_files


def test_no_process_is_left_where_this_one_is_interrupted() -> None:
    def work(piece: Sequence[int]) -> None:
        if os.getpid() == HERE:
            raise KeyboardInterrupt
        signal.pause()

    before = psutil.Process().children()
    with pytest.raises(KeyboardInterrupt):
        shared_out(work, range(1000), 3)
    assert psutil.Process().children() == before


def test_threads_of_a_caller_forbid_a_fork() -> None:
    over = threading.Event()
    thread = threading.Thread(target=over.wait)
    thread.start()
    try:
        assert processes(None) == processes(4) == 1
    finally:
        over.set()
        thread.join()


def test_a_search_by_several_processes_finds_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "_MANY", 10)
    for number in range(300):
        text = "import salesforce_bulk\n" if number % 7 == 0 else 'password = "x"\n' if number % 3 == 0 else "x = 1\n"
        (tmp_path / f"file_{number}.py").write_text(text)
    (tmp_path / "loop.py").symlink_to("loop.py")
    told: list[tuple[str, int, int]] = []
    one = discovery.discover(tmp_path)
    several = discovery.discover(tmp_path, jobs=3, progress=lambda *words: told.append(words))
    assert list(several.files) == list(one.files)
    assert several == one
    assert all(doing == "searching" and done <= total == 300 for doing, done, total in told)


@pytest.mark.parametrize("number", ["0", "-1", "many", "1.5"])
def test_a_wrong_number_of_processes_is_named(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", "--jobs", number]) == 2
    assert "--jobs" in capsys.readouterr().err
