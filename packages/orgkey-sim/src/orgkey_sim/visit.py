"""One request as the world sees it: by which door it came in, and its line in the log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from starlette.requests import Request

    from orgkey_sim.directory import Directory
    from orgkey_sim.model import Org
    from orgkey_sim.requestlog import Entry

__all__ = ["Door", "Role", "Visit", "visit_of"]

Role = Literal["org", "login", "test", "any", "nowhere"]

_KEY: Final = "orgkey_sim.visit"


@dataclass(frozen=True, slots=True)
class Door:
    """The host a client addressed.

    "org" is one org's own host, "login" and "test" are login.salesforce.com and test.salesforce.com, "any" is the
    world's own address, where every org can be reached, and "nowhere" a host that is nobody's. ``base_url`` is what the
    client sees, without a trailing slash. ``own`` tells addresses of this machine from Salesforce's host names.
    """

    role: Role
    base_url: str
    org: Org | None = None
    own: bool = False

    @property
    def generic(self) -> bool:
        """Whether it is a login host that belongs to no org."""
        return self.role in {"login", "test"}

    def serves(self, org: Org) -> bool:
        """Whether users of that org log in here."""
        if self.generic:
            return (self.role == "login") == (org.kind == "production")
        return self.org in {None, org}

    def instance_url(self, org: Org) -> str:
        """Where the API of ``org`` is for a client that came in here."""
        if not self.own:
            return f"https://{org.instance_host}"
        return org.instance_url if self.org is org and org.instance_url != org.login_url else self.base_url


@dataclass(slots=True)
class Visit:
    """One request: where it came in, in which world, and what the log will say about it.

    ``claimed`` is the username that a login is for, whether or not it gets through.
    """

    directory: Directory
    door: Door
    entry: Entry
    address: str
    org: Org | None = None
    claimed: str = ""

    def attach(self, scope: Any) -> None:
        """Let handlers of this request find it."""
        scope[_KEY] = self


def visit_of(request: Request) -> Visit:
    """The visit that a request is."""
    visit: Visit = request.scope[_KEY]
    return visit
