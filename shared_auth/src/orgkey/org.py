"""Where an org is reached: login and instance URLs, and which hosts may be sent a token."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from orgkey.errors import UntrustedHost
from orgkey.secrets import may_be_secret, shown

__all__ = ["API_DOMAINS", "HostRules", "Origin", "is_generic_login", "login_url_for_domain"]

# The domains on which Salesforce serves login and API, as the platform's own CLI library recognises them (sfdx-core,
# SfdcUrl), with Government Cloud (.mil) and Salesforce on Alibaba Cloud (.cn). Hosts for pages only (Lightning,
# Visualforce, sites on custom domains) are not among them: no token endpoint or API is there.
API_DOMAINS: Final = (
    "salesforce.com",
    "force.com",
    "cloudforce.com",
    "salesforce.mil",
    "crmforce.mil",
    "sfcrmapps.cn",
    "sfcrmproducts.cn",
)

_GENERIC_LOGIN: Final = frozenset({"login.salesforce.com", "test.salesforce.com"})
# Where an org's pages are, and where its API is.
_PAGES: Final = {
    ".lightning.force.com": ("Lightning", ".my.salesforce.com"),
    ".lightning.crmforce.mil": ("Lightning", ".my.salesforce.mil"),
    ".lightning.sfcrmapps.cn": ("Lightning", ".my.sfcrmproducts.cn"),
    ".my.salesforce-setup.com": ("Setup", ".my.salesforce.com"),
    ".my.salesforce-setup.mil": ("Setup", ".my.salesforce.mil"),
}
_HOST: Final = re.compile(
    r"(?=.{1,253}\Z)[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?)*"
)
_DEFAULT_PORT: Final = {"https": 443, "http": 80}


class Origin(NamedTuple):
    """Scheme, host and port of a URL (RFC 6454): what decides whether a token may go there."""

    scheme: str
    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        """True for this machine's own addresses."""
        return _is_loopback(self.host)

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == _DEFAULT_PORT[self.scheme] else f":{self.port}")


def is_generic_login(host: str) -> bool:
    """True for ``login.salesforce.com`` and ``test.salesforce.com``, which belong to no org."""
    return host in _GENERIC_LOGIN


def login_url_for_domain(domain: str) -> str:
    """The login URL that simple-salesforce means by ``domain``: a prefix of ``.salesforce.com``.

    ``login``, ``test``, ``acme.my`` and ``acme--dev.sandbox.my`` are prefixes. A full host or URL, which people write
    there too, is taken as it stands.
    """
    if "://" in domain:
        return domain
    if domain.endswith(tuple(f".{known}" for known in API_DOMAINS)):
        return f"https://{domain}"
    return f"https://{domain}.salesforce.com"


@dataclass(frozen=True, slots=True)
class HostRules:
    """Which hosts may be sent a token.

    A host must be one of :data:`API_DOMAINS` or of ``trusted_hosts``, or end in one of them at a label boundary
    (``evilsalesforce.com`` does not). Only https, on the default port. Plain http, and any other port, is for a
    loopback host alone, and http only where ``allow_loopback_http`` asks for it by name.
    """

    trusted_hosts: tuple[str, ...] = ()
    allow_loopback_http: bool = False

    def origin(self, url: str, what: str = "URL") -> Origin:
        """The origin of ``url``.

        ``what`` names the URL in the message. Raises :class:`~orgkey.errors.UntrustedHost` unless a token may go there.
        """
        origin = _parse(url, what)
        where = _shown(url) or shown(str(origin))
        for pages, (kind, api) in _PAGES.items():
            if origin.host.endswith(pages):
                msg = (
                    f"{what} {where!r} is the {kind} page address, where there is no API. "
                    f"Use the My Domain address: https://{origin.host.removesuffix(pages)}{api}"
                )
                raise UntrustedHost(msg)
        if origin.is_loopback:
            if origin.scheme == "http" and not self.allow_loopback_http:
                msg = (
                    f"{what} {where!r} is plain http. For a local test org ask for it by name: "
                    "allow_loopback_http=True or ORGKEY_ALLOW_LOOPBACK_HTTP=1"
                )
                raise UntrustedHost(msg)
            return origin
        if origin.scheme != "https":
            msg = f"{what} {where!r} is not https. A token sent there could be read on the way: use https://"
            raise UntrustedHost(msg)
        if origin.port != _DEFAULT_PORT["https"]:
            msg = f"{what} {where!r} names port {origin.port}. Salesforce is reached on 443 only: remove the port"
            raise UntrustedHost(msg)
        if not any(_under(origin.host, domain) for domain in (*API_DOMAINS, *map(str.lower, self.trusted_hosts))):
            msg = (
                f"{what} {where!r} is not on one of Salesforce's domains ({', '.join(API_DOMAINS)}). "
                "If it is a proxy of your own, name its host in trusted_hosts"
            )
            raise UntrustedHost(msg)
        return origin


def _under(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _parse(url: str, what: str) -> Origin:
    problem = _syntax_problem(url)
    if problem:
        quoted = _shown(url)
        named = f"{what} {quoted!r}" if quoted else what
        msg = f"{named} {problem}. It looks like https://acme.my.salesforce.com"
        raise UntrustedHost(msg)
    parts = urlsplit(url)
    return Origin(parts.scheme, parts.hostname or "", parts.port or _DEFAULT_PORT[parts.scheme])


def _shown(url: str) -> str:
    """``url`` as a message may quote it, or nothing: userinfo and a query hold secrets, and all of it may be one."""
    bare = re.split(r"[?#]", url, maxsplit=1)[0]
    return "" if "@" in url or may_be_secret(bare) else bare


def _syntax_problem(url: str) -> str:
    if not url.strip():
        return "is empty"
    if " " in url or not url.isprintable():  # every other white space is not printable
        return "has white space or control characters in it"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "cannot be read as a URL"
    if parts.scheme not in _DEFAULT_PORT:
        return "does not start with https://"
    if "@" in parts.netloc or "\\" in url:
        return "has a user name or a backslash in it, which hides the real host"
    if not (_HOST.fullmatch(host) or _is_loopback(host)):
        return "has no valid host name"
    return ""
