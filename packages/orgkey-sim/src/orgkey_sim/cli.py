"""The command line: ``orgkey-sim serve``."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        return _serve(options)
    except _StartError as error:
        sys.stderr.write(f"orgkey-sim: {error}\n")
        return 1


class _StartError(Exception):
    """Why it does not serve."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="orgkey-sim", description="A local Salesforce that real clients log in to.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = commands.add_parser(
        "serve",
        help="serve orgs until stopped",
        description="Serve orgs on loopback until stopped with Ctrl-C or SIGTERM. Nothing is kept.",
    )
    serve.add_argument("--world", type=Path, metavar="FILE", help="a world file (TOML): orgs, users, apps, policies")
    for name, meaning in (
        ("http", "all orgs in one place, without TLS"),
        ("https", "the same over TLS, and by Salesforce host names"),
        ("proxy", "a CONNECT proxy that leads *.salesforce.com here"),
        ("control", "the control API"),
    ):
        help_text = f"{meaning}; 0 takes any free port (default)"
        serve.add_argument(f"--{name}", type=_port, default=0, metavar="PORT", help=help_text)
    serve.add_argument("--json", action="store_true", help="print one line of JSON when ready, and nothing else")
    serve.add_argument(
        "--listen-on",
        default="127.0.0.1",
        metavar="ADDRESS",
        help="address to listen at (default: %(default)s). Leave it: whoever reaches another address can read every "
        "credential of this world from the control API, and log in with it",
    )
    return parser


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65535:  # noqa: PLR2004 - TCP
        raise argparse.ArgumentTypeError(f"{text} is no port: give 0 to 65535")
    return number


def _serve(options: argparse.Namespace) -> int:
    from orgkey_sim.world import World
    from orgkey_sim.worldfile import WorldFileError, load

    stopped = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stopped.set())
    with World(
        listen_on=options.listen_on,
        http_port=options.http,
        https_port=options.https,
        proxy_port=options.proxy,
        control_port=options.control,
    ) as world:
        try:
            if options.world is not None:
                load(options.world, world)
            summary = world.summary()
        except WorldFileError as error:
            raise _StartError(error) from None
        except OSError as error:
            raise _StartError(f"cannot listen at {options.listen_on}: {error.strerror or error}") from None
        sys.stdout.write((json.dumps(summary) if options.json else _readable(summary)) + "\n")
        sys.stdout.flush()
        stopped.wait()
    return 0


def _readable(summary: dict[str, Any]) -> str:
    lines = [
        "A local Salesforce is ready. Ctrl-C stops it.",
        "",
        f"  http     {summary['http_url']}",
        f"  https    {summary['https_url']}",
        f"  proxy    {summary['proxy_url']}",
        f"  CA       {summary['ca_file']}",
        f"  control  {summary['control_url']}",
    ]
    for org in summary["orgs"]:
        lines += ["", f"{org['name']}  {org['org_id']}  {org['login_url']}  {org['my_domain']}"]
        lines += [f"  user  {username}" for username in org["users"]]
        for app in org["apps"]:
            lines += [
                f"  app   {app['name']}",
                f"        consumer key     {app['client_id']}",
                f"        consumer secret  {app['client_secret']}",
                f"        private key      {app['private_key_file']}",
            ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
