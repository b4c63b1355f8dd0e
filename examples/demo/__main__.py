"""The main job, shown to a person: a password script fails, changes one line, and outlives its session.

Starts a local Salesforce, runs the acts against it and ends by itself: with exit code 0 only if every act showed what
it claims.
"""

from __future__ import annotations

import shutil
import sys
import time

from acts import ACTS, set_up
from timeline import Timeline

import orgkey_sim


def main() -> int:
    """Run all acts."""
    timeline = Timeline()
    started = time.monotonic()
    with orgkey_sim.World() as world:
        play = set_up(timeline, world)
        try:
            for act in ACTS:
                act(play)
        finally:
            shutil.rmtree(play.folder, ignore_errors=True)
    return 0 if timeline.summary(time.monotonic() - started) else 1


if __name__ == "__main__":
    sys.exit(main())
