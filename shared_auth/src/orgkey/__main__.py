"""Entry of the ``orgkey`` command: says what is missing, else hands over to the command line."""

from __future__ import annotations

import sys
from importlib.util import find_spec

__all__ = ["main"]


def main() -> int:
    """Run the command line; return its exit code."""
    missing = [name for name in ("typer", "rich") if find_spec(name) is None]
    if missing:
        sys.stderr.write(f"The orgkey command needs {' and '.join(missing)}. Install: pip install 'orgkey[cli]'\n")
        return 2
    from orgkey.cli.app import run

    return run()


if __name__ == "__main__":
    sys.exit(main())
