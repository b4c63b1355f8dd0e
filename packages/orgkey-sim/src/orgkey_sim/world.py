"""A world: some orgs, the server they are reached by, and one clock."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from orgkey_sim.application import Application
from orgkey_sim.ca import CertificateAuthority
from orgkey_sim.clock import VirtualClock
from orgkey_sim.control import Control
from orgkey_sim.directory import Directory
from orgkey_sim.front import Front
from orgkey_sim.model import App, Org, OrgKind
from orgkey_sim.proxy import ConnectProxy
from orgkey_sim.server import Server, bind, port_of

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator
    from types import TracebackType

    from starlette.types import ASGIApp

    from orgkey_sim.faults import Faults
    from orgkey_sim.requestlog import RequestLog

__all__ = ["World"]

_LOOPBACK: Final = "127.0.0.1"
_WILDCARDS: Final = ("", "0.0.0.0", "::")  # noqa: S104 - compared with, not listened at


class World:
    """A Salesforce of your own, on loopback.

    Used as a context manager: it serves from ``with`` on, and leaves nothing behind. Each org answers at a port of its
    own (`Org.login_url`), which stands for its My Domain. Through `proxy_url`, or at `https_url` with the right Host
    header, orgs have their real names: acme.my.salesforce.com, login.salesforce.com.

    ``contacts`` is how many made-up Contacts an org gets unless told otherwise. ``listen_on`` is the address to listen
    at. Nothing here is built to be reached by strangers: it gives tokens to whoever asks nicely, and its control API
    asks for no password at all. Leave it at loopback.
    """

    def __init__(
        self,
        *,
        clock: VirtualClock | None = None,
        contacts: int = 0,
        listen_on: str = _LOOPBACK,
        http_port: int = 0,
        https_port: int = 0,
        proxy_port: int = 0,
        control_port: int = 0,
    ) -> None:
        self.clock = clock or VirtualClock()
        self._contacts = contacts
        self._listen_on = listen_on
        self._ports = {"http": http_port, "https": https_port, "proxy": proxy_port, "control": control_port}
        self._directory = Directory(self.clock)
        self._app = Front(self._directory, Application())
        self._running: Server | None = None
        self._ended = False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def __iter__(self) -> Iterator[Org]:
        return iter(self._directory)

    def start(self) -> None:
        """Begin to serve. A world runs once: what it served is gone when it stops."""
        if self._ended:
            raise RuntimeError("this World has ended: make a new one")
        if self._running is None:
            self._running = Server()

    def stop(self) -> None:
        """Stop serving, and remove every file this world wrote."""
        if self._running is None:
            return
        self._running.stop()
        self._running = None
        self._ended = True
        for org in self:
            org.records.close()
        if "_directory_on_disk" in self.__dict__:
            shutil.rmtree(self._directory_on_disk, ignore_errors=True)

    # -- orgs --------------------------------------------------------------------------------------------------------

    def create_org(self, name: str, *, kind: OrgKind = "production", contacts: int | None = None) -> Org:
        """Add an org, with one user: ``admin@<name>.example``.

        Raises ValueError for a name that is taken or is no My Domain name; RuntimeError outside of ``with``.
        """
        org = Org(name, self.clock, kind=kind, new_url=self._new_url, write_key_file=self._write_key_file)
        self._directory.add(org)
        org.open()
        admin = org.create_user(f"admin@{name}.example", name="Admin")
        count = self._contacts if contacts is None else contacts
        if count:
            org.records.load_contacts(count, owner_id=admin.id)
        return org

    def delete_org(self, org: Org) -> None:
        """Take an org out of the world."""
        self._directory.remove(org)
        org.sessions.end()
        org.records.close()

    def org(self, name: str) -> Org:
        """The org of that name.

        Raises KeyError where there is none.
        """
        org = self._directory.org(name)
        if org is None:
            raise KeyError(f"no org {name!r} in this world: it has {[each.name for each in self]}")
        return org

    # -- addresses ---------------------------------------------------------------------------------------------------

    @cached_property
    def http_url(self) -> str:
        """One address for all orgs, over plain http. What belongs to which org is told by consumer key and token."""
        return self._url("http", self._serve("http", self._app))

    @cached_property
    def https_url(self) -> str:
        """The same over https, with a certificate of `ca_file`. It also answers for Salesforce host names."""
        return self._url("https", self._https_port)

    @cached_property
    def proxy_url(self) -> str:
        """An HTTP CONNECT proxy that leads all Salesforce host names here, and refuses all others."""
        server, target = self._server, (self._listen_on, self._https_port)
        listening = bind(self._listen_on, self._ports["proxy"])
        server.serve(lambda: ConnectProxy(server.connections, *target), listening)
        return self._url("http", port_of(listening))

    @cached_property
    def control_url(self) -> str:
        """All that can be done here in Python, over HTTP (`orgkey_sim.control`), by anybody who reaches it."""
        control = Control(self, listens_on_loopback=_is_loopback(self._listen_on))
        return self._url("http", self._serve("control", control))

    @property
    def ca_file(self) -> str:
        """The certificate authority, in PEM, that clients of `https_url` and `proxy_url` must trust."""
        return self._authority.ca_file

    def summary(self) -> dict[str, Any]:
        """Where everything is, and every credential there is: what a client needs to be set up."""
        return {
            "http_url": self.http_url,
            "https_url": self.https_url,
            "proxy_url": self.proxy_url,
            "ca_file": self.ca_file,
            "control_url": self.control_url,
            "orgs": [org.summary() for org in self],
        }

    @property
    def log(self) -> RequestLog:
        """The requests that can be laid at no org's door."""
        return self._directory.log

    @property
    def faults(self) -> Faults:
        """Faults at the addresses that belong to no org: `http_url`, login.salesforce.com and the like."""
        return self._directory.faults

    @property
    def _server(self) -> Server:
        if self._running is None:
            raise RuntimeError("this World is not running: use it as `with World() as world:`")
        return self._running

    def _serve(self, service: str, app: ASGIApp, tls: ssl.SSLContext | None = None) -> int:
        """Serve ``app`` at the port meant for a service, or at any, and return the port."""
        server = self._server
        listening = bind(self._listen_on, self._ports.get(service, 0))
        server.serve_http(app, listening, tls)
        return port_of(listening)

    def _new_url(self, org: Org) -> str:
        port = self._serve("", self._app)
        self._directory.add_port(port, org)
        return self._url("http", port)

    @cached_property
    def _https_port(self) -> int:
        return self._serve("https", self._app, self._authority.server_context())

    @cached_property
    def _authority(self) -> CertificateAuthority:
        return CertificateAuthority(self._directory_on_disk)

    def _url(self, scheme: str, port: int) -> str:
        address = _LOOPBACK if self._listen_on in _WILDCARDS else self._listen_on
        return f"{scheme}://{f'[{address}]' if ':' in address else address}:{port}"

    # -- files -------------------------------------------------------------------------------------------------------

    @cached_property
    def _directory_on_disk(self) -> Path:
        return Path(tempfile.mkdtemp(prefix="orgkey-sim-"))

    def _write_key_file(self, app: App) -> str:
        name = re.sub(r"\W+", "-", f"{app.org.name} {app.name}")
        path = self._directory_on_disk / f"{name}-{app.client_id[-8:]}.pem"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(app.private_key_pem)
        return str(path)


def _is_loopback(address: str) -> bool:
    return address == "localhost" or address.startswith("127.") or address == "::1"
