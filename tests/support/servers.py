"""Server processes of the suite: started by one parent, ended with it, so that none outlives the run."""

from __future__ import annotations

import json
import subprocess
import threading
from typing import Any

_START_SECONDS = 30
_STOP_SECONDS = 10


class Server:
    """One running server and what it said of itself when it was ready."""

    def __init__(self, command: tuple[str, ...]) -> None:
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        # A server that never answers is ended, which ends the read below too.
        deadline = threading.Timer(_START_SECONDS, self.process.kill)
        deadline.start()
        try:
            line = self.process.stdout.readline() if self.process.stdout else ""
        finally:
            deadline.cancel()
        if not line:
            self.stop()
            message = f"{' '.join(command)} ended (exit code {self.process.returncode}) before it was ready"
            raise RuntimeError(message)
        self.ready: dict[str, Any] = json.loads(line)

    def stop(self) -> None:
        """End the process and wait until it is gone."""
        self.process.terminate()
        try:
            self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()


class Servers:
    """The parent of every server process; tests and their workers get URLs."""

    def __init__(self) -> None:
        self._running: list[Server] = []

    def start(self, *command: str) -> Server:
        """Start a server that prints one line of JSON when it is ready."""
        server = Server(command)
        self._running.append(server)
        return server

    def stop(self) -> None:
        """End every server, the newest first."""
        while self._running:
            self._running.pop().stop()
