"""Which host names are Salesforce's."""

from __future__ import annotations

from typing import Final

__all__ = ["is_salesforce_host"]

_DOMAINS: Final = (".salesforce.com", ".force.com", ".salesforce.mil")


def is_salesforce_host(host: str) -> bool:
    """Whether the world stands in for that host: anything under salesforce.com, force.com and salesforce.mil."""
    return host.lower().endswith(_DOMAINS)
