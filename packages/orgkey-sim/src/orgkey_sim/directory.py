"""All orgs of one world, and how to find them by host, port, consumer key and access token."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from orgkey_sim.faults import Faults
from orgkey_sim.hosts import is_salesforce_host
from orgkey_sim.requestlog import RequestLog
from orgkey_sim.visit import Door, Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_sim.clock import VirtualClock
    from orgkey_sim.model import App, Org
    from orgkey_sim.sessions import Session

__all__ = ["Directory"]

_LOGIN_HOSTS: Final[dict[str, Role]] = {
    "login.salesforce.com": "login",
    "test.salesforce.com": "test",
    "login.salesforce.mil": "login",
    "test.salesforce.mil": "test",
}


class Directory:
    """The orgs of one world.

    ``log`` takes the requests that can be laid at no org's door, and ``faults`` lie in wait at the doors of no org:
    login.salesforce.com, test.salesforce.com and the world's own address.
    """

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.log = RequestLog()
        self.faults = Faults()
        self._by_name: dict[str, Org] = {}
        self._by_port: dict[int, Org | None] = {}
        self._by_app: dict[str, Org] = {}

    def __iter__(self) -> Iterator[Org]:
        return iter(tuple(self._by_name.values()))

    def __len__(self) -> int:
        return len(self._by_name)

    def add(self, org: Org) -> None:
        """Take an org in.

        Raises ValueError where an org has that name already.
        """
        if org.name in self._by_name:
            raise ValueError(f"there is an org {org.name!r} already")
        self._by_name[org.name] = org

    def remove(self, org: Org) -> None:
        """Forget an org. Its ports lead nowhere from now on."""
        self._by_name.pop(org.name, None)
        for port, owner in tuple(self._by_port.items()):
            if owner is org:
                self._by_port[port] = None

    def add_port(self, port: int, org: Org) -> None:
        """Let a port of loopback lead to an org."""
        self._by_port[port] = org

    def org(self, name: str) -> Org | None:
        """The org of that name."""
        return self._by_name.get(name)

    def door(self, scheme: str, host_header: str, port: int) -> Door:
        """The door that a request at that port, with that Host header, came in by."""
        host = _host_of(host_header)
        if not is_salesforce_host(host):
            return self._own_door(f"{scheme}://{host_header or f'127.0.0.1:{port}'}", port)
        login = _LOGIN_HOSTS.get(host)
        if login is not None:
            return Door(login, f"{scheme}://{host_header}")
        org = next((org for org in self if host in {org.my_domain, org.instance_host}), None)
        return Door("nowhere" if org is None else "org", f"{scheme}://{host_header}", org)

    def _own_door(self, base_url: str, port: int) -> Door:
        """An address of this machine, where the port alone says which org is meant."""
        org = self._by_port.get(port)
        role: Role = "org" if org is not None else "nowhere" if port in self._by_port else "any"
        return Door(role, base_url, org, own=True)

    def find_app(self, client_id: str, door: Door) -> App | None:
        """The app of that consumer key: in the door's own org if it is there, else wherever it is."""
        if door.org is not None:
            app = door.org.apps.get(client_id)
            if app is not None:
                return app
        org = self._by_app.get(client_id)
        if org is None or client_id not in org.apps:
            org = next((org for org in self if client_id in org.apps), None)
            if org is None:
                return None
            self._by_app[client_id] = org
        return org.apps[client_id]

    def find_session(self, token: str, door: Door) -> Session | None:
        """The living session of an access token, as seen at that door: an org knows its own only."""
        now = self.clock.now()
        if door.org is not None:
            return door.org.sessions.find(token, now)
        return next((session for org in self if (session := org.sessions.find(token, now))), None)


@functools.lru_cache(maxsize=4096)
def _host_of(host_header: str) -> str:
    try:
        return (urlsplit(f"//{host_header}").hostname or "").rstrip(".")
    except ValueError:
        return "?"
