"""What a model may give a tool at its worst, and all that may reach an org of it: for the tests of every adapter."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from orgkey_sim import Org

FEW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))

TRICKS = [
    "", " ", "Contact", "Name", "__class__", "session", "../../limits", "Contact/describe", "' OR Name != '", "\\'", "%27",
    "SELECT Id FROM Contact", "SELECT Id FROM Contact WHERE Name = '' OR Name != ''", "DELETE FROM Contact", "FIND {x}",
    "003000000000001AAA", "A-1", "\u0410ccount", "\u202eContact", "a\u0301", "\ud800", "\0", "\r\nHost: evil.example",
    "x" * 1_000_000, "SELECT Id FROM Contact WHERE Name = '" + "x" * 1_000_000 + "'", "FIND {" + "x" * 1_000_000 + "}",
    "{{7*7}}", "${jndi}", "\N{GRINNING FACE}",
]  # fmt: skip
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=30), st.sampled_from(TRICKS))
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.text(max_size=10), st.sampled_from(TRICKS)), inner, max_size=3),
    ),
    max_leaves=8,
)
# All that a tool may ever ask of the org: nothing leads out of the data API's own resources.
_PLACES = re.compile(r"/services/data/v\d+\.\d/(?:query|search|sobjects)(?:/|\b)(?!.*\.\.)")


def check_what_was_sent(org: Org, before: int) -> None:
    """Every request since the log had ``before`` entries went where a tool may go."""
    for entry in list(org.log)[before:]:
        assert entry.endpoint == "token" or _PLACES.match(entry.path), entry.path
