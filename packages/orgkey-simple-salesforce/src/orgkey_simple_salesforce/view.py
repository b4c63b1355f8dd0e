"""What a client shows of one token: session id, host and URLs, worked out once."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    import orgkey

__all__ = ["URLS", "View", "host_of"]

# simple-salesforce's attributes, and what follows the instance's URL in them.
URLS: Final = MappingProxyType(
    {
        "base_url": "/services/data/v{version}/",
        "apex_url": "/services/apexrest/",
        "bulk_url": "/services/async/{version}/",
        "bulk2_url": "/services/data/v{version}/jobs/",
        "metadata_url": "/services/Soap/m/{version}/",
        "tooling_url": "/services/data/v{version}/tooling/",
        "oauth2_url": "/services/oauth2/",
    }
)


@dataclass(frozen=True, slots=True)
class View:
    """All that depends on the token, as texts that stay the same objects as long as it does.

    ``token`` is None for a fixed one.
    """

    session_id: str = field(repr=False)
    instance_url: str
    version: str
    token: orgkey.Token | None = None
    sf_instance: str = field(init=False)
    urls: Mapping[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sf_instance", host_of(self.instance_url))
        urls = {name: self.instance_url + path.format(version=self.version) for name, path in URLS.items()}
        object.__setattr__(self, "urls", urls)


def host_of(instance_url: str) -> str:
    """What simple-salesforce calls an instance: host, and port where it is not the usual one."""
    return instance_url.partition("://")[2]
