"""From evidence to a diagnosis: the rules that fit, best first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orgkey.causes import Diagnosis
from orgkey.diagnosis.catalogue import load
from orgkey.diagnosis.evidence import clean
from orgkey.secrets import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey.diagnosis.evidence import Evidence

__all__ = ["diagnose"]

_MOST_ALTERNATIVES: Final = 5

# Salesforce allows three minutes of difference when it checks a JWT (Salesforce Help, remoteaccess_oauth_jwt_flow).
# From a minute on, the difference is worth a line even where it is not the cause.
_NOTABLE_SKEW: Final = 60.0


def diagnose(evidence: Evidence) -> Diagnosis:
    """The most likely cause of a failure, with the next likely ones. Never raises.

    Where no rule is sure, the cause is ``UNKNOWN``, which keeps what came over the wire, and the alternatives are what
    it could be.
    """
    catalogue = load()
    if evidence.surface == "local" and evidence.error in catalogue.causes:
        return Diagnosis(catalogue.causes[evidence.error], evidence=tuple(_facts(evidence)))
    fits = [(fit, rule.cause_id) for rule in catalogue.rules if (fit := rule.fit(evidence))]
    fits.sort(key=lambda pair: pair[0].order)
    ranked = list(dict.fromkeys(cause_id for _, cause_id in fits))
    if not fits or not fits[0][0].sure:
        ranked.insert(0, "UNKNOWN")
    first, *others = (catalogue.causes[cause_id] for cause_id in ranked)
    return Diagnosis(
        cause=first,
        wire=evidence.wire,
        evidence=tuple(_facts(evidence)),
        alternatives=tuple(others[:_MOST_ALTERNATIVES]),
    )


def _facts(evidence: Evidence) -> Iterator[str]:
    if evidence.grant:
        yield f"grant: {clean(evidence.grant)}"
    if evidence.login_host:
        yield f"token asked of: {clean(evidence.login_host)}"
    if evidence.audience:
        yield f"audience: {clean(shown(evidence.audience))}"
    if evidence.clock_skew is not None and abs(evidence.clock_skew) >= _NOTABLE_SKEW:
        side = "ahead of" if evidence.clock_skew > 0 else "behind"
        yield f"clock: this machine is {abs(evidence.clock_skew):.0f} s {side} Salesforce"
    yield from evidence.facts
