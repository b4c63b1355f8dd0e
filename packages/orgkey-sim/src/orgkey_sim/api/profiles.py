"""The Metadata of a profile, as the Tooling API tells it: when and from where its users may log in.

Tooling API Reference, object Profile; Metadata API Developer Guide, Profile (ProfileLoginHours in minutes after
midnight, ProfileLoginIpRange). An org here has one profile, whose limits are the org's policies. Not checked against a
live org.
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Any, Final

from orgkey_sim.data import ApiError

if TYPE_CHECKING:
    from orgkey_sim.data.query import Page
    from orgkey_sim.model import OrgPolicies

__all__ = ["add_metadata", "without_metadata"]

_SELECT: Final = re.compile(
    r"\s*SELECT\s+(?P<fields>[\w\s,.]+?)\s+(?P<rest>FROM\s+Profile\b.*)", re.IGNORECASE | re.DOTALL
)
_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ONE_ROW: Final = (
    "When retrieving results with Metadata or FullName fields, the query qualifications must specify no more than "
    "one row for retrieval. Result size: {size}"
)


def without_metadata(soql: str) -> tuple[str, bool]:
    """The query without a profile's Metadata, which is no column, and whether it asked for that."""
    found = _SELECT.fullmatch(soql)
    fields = [field.strip() for field in found["fields"].split(",")] if found else []
    others = [field for field in fields if field.lower() != "metadata"]
    if found is None or len(others) == len(fields):
        return soql, False
    return f"SELECT {', '.join(others) or 'Id'} {found['rest']}", True


def add_metadata(page: Page, policies: OrgPolicies) -> None:
    """Put the Metadata into the one record of a page."""
    if page.total_size > 1:
        raise ApiError(400, "MALFORMED_QUERY", _ONE_ROW.format(size=page.total_size))
    for record in page.records:
        record["Metadata"] = {
            "custom": False,
            "loginHours": _hours(policies.login_hours),
            "loginIpRanges": [_range(text) for text in policies.login_ip_ranges],
        }


def _hours(hours: tuple[int, ...]) -> dict[str, Any] | None:
    if not hours:
        return None
    ends = {"Start": hours[0] * 60, "End": hours[1] * 60}
    return {f"{day}{end}": str(minutes) for day in _DAYS for end, minutes in ends.items()}


def _range(text: str) -> dict[str, Any]:
    network = ipaddress.ip_network(text)
    return {"description": None, "startAddress": str(network[0]), "endAddress": str(network[-1])}
