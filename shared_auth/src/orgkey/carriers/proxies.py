"""Which proxy is on the way, and what is told of one that cannot be used: never its URL, which may hold a password."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

from orgkey.errors import ConfigError
from orgkey.secrets import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey.org import Origin

__all__ = ["Proxy", "can_be_used", "proxy_for", "read_proxy", "unusable_proxy"]

_GIVEN: Final = "The proxy's URL (HTTPSettings.proxy or proxies=)"
_DEFAULT_PORT: Final = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080, "socks4": 1080, "socks4a": 1080}


class Proxy(NamedTuple):
    """Where a proxy listens."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def proxy_for(origin: Origin, given: str | None) -> Proxy | None:
    """The proxy on the way to ``origin``: the one that was ``given``, else the environment's; None where there is none.

    Raises :class:`~orgkey.errors.ConfigError` for one that cannot be used.
    """
    proxies = {} if given or proxy_bypass(origin.host) else {name: Secret(url) for name, url in getproxies().items()}
    url = Secret(given) if given else proxies.get(origin.scheme) or proxies.get("all")
    if not url:
        return None
    found = read_proxy(url)
    if isinstance(found, str):
        raise unusable_proxy(given)
    return found


def can_be_used(given: str | None) -> bool:
    """Whether the proxy that was ``given``, else every one of the environment's, has a URL that can be read."""
    return not any(isinstance(read_proxy(url), str) for _, url in _named(given))


def read_proxy(url: Secret) -> Proxy | str:
    """Where the proxy at ``url`` listens, or what is wrong with that, in words that quote nothing."""
    parts = _parts(url)
    if parts is None:
        return "cannot be read as a URL"
    if "@" in parts.path + parts.query + parts.fragment:
        return "cannot be read as a URL: a character in its password ends the part that names the host"
    if parts.scheme not in _DEFAULT_PORT:
        return "begins with no scheme that a proxy has, which is http, https or socks5"
    if not parts.hostname:
        return "names no host"
    return Proxy(parts.hostname, parts.port or _DEFAULT_PORT[parts.scheme])


def unusable_proxy(given: str | None = None, library: str = "requests") -> ConfigError:
    """What somebody is told whose proxy cannot be used, whatever ``library`` raised: which setting it is, and why.

    All of the environment's are looked at: httpx reads those too that are for other URLs.
    """
    named = list(_named(given))
    problems = [f"{where} {found}" for where, url in named if isinstance(found := read_proxy(url), str)]
    socks = [where for where, url in named if url.reveal().lower().startswith("socks")]
    if not problems and socks:
        return ConfigError(
            f"{socks[0]} names a SOCKS proxy, for which {library} needs one more package: "
            f"pip install '{library}[socks]'"
        )
    if not problems:
        problems = [f"{' or '.join(where for where, _ in named) or _GIVEN} cannot be used as a proxy"]
    return ConfigError(
        f"{' and '.join(problems)}. The URL is not shown, since it may hold a password. It looks like "
        "http://USER:PASSWORD@proxy.acme.example:8080; in the password write # / ? @ : % as %23 %2F %3F %40 %3A %25"
    )


def _named(given: str | None) -> Iterator[tuple[str, Secret]]:
    """Each proxy's URL, and what sets it."""
    if given is not None:
        yield _GIVEN, Secret(given)
        return
    proxies = getproxies()
    for scheme in ("http", "https", "all"):
        if proxies.get(scheme):
            names = (f"{scheme}_proxy", f"{scheme}_proxy".upper())
            where = next((name for name in names if os.environ.get(name)), f"The system's proxy for {scheme}")
            yield where, Secret(proxies[scheme])


def _parts(url: Secret) -> SplitResult | None:
    try:
        parts = urlsplit(url.reveal() if "://" in url.reveal() else f"http://{url.reveal()}")
        _ = parts.port
    except ValueError:
        return None
    return parts
