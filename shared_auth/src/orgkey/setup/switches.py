"""The metadata elements on which public sources disagree: each is a switch with a documented default."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from orgkey.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["SWITCHES", "Switch", "read_switches"]


@dataclass(frozen=True, slots=True)
class Switch:
    """One disputed element: ``values`` are the words it takes, ``free_form`` says what else it takes."""

    name: str
    values: tuple[str, ...]
    what: str
    free_form: str = ""

    @property
    def default(self) -> str:
        """The first of its values."""
        return self.values[0]


_SWITCHES: Final = (
    Switch(
        "consumer-key",
        ("omit",),
        "Salesforce makes the consumer key itself (Metadata API guide); some deployments choose it and send it along.",
        free_form="the consumer key to ask for",
    ),
    Switch(
        "policy-permission-set",
        ("name", "omit"),
        "commaSeparatedPermissionSet takes ids by the Metadata API guide, and names in deployments that were seen to "
        "work. 'omit' leaves the assignment to the admin, in the app's policies.",
        free_form="the permission set's id (0PS...)",
    ),
    Switch(
        "run-as",
        ("metadata", "page"),
        "clientCredentialsFlowUser can be deployed by some sources; by others the Run As user is named on the app's "
        "policy page alone.",
    ),
    Switch(
        "certificate-element",
        ("global", "oauth-settings"),
        "The certificate is an element of ExtlClntAppGlobalOauthSettings ('certificate', Metadata API guide, v60), or "
        "of ExtlClntAppOauthSettings ('clientAssertionCertificate').",
    ),
)
SWITCHES: Final[Mapping[str, Switch]] = MappingProxyType({switch.name: switch for switch in _SWITCHES})


def read_switches(given: Iterable[str]) -> dict[str, str]:
    """Every switch's value, from texts like ``run-as=page``.

    Raises :class:`~orgkey.errors.ConfigError` that lists all that cannot be read.
    """
    chosen = {name: switch.default for name, switch in SWITCHES.items()}
    problems = []
    for text in given:
        name, equals, value = (part.strip() for part in text.partition("="))
        switch = SWITCHES.get(name)
        if switch is None or not equals:
            problems.append(f"--switch {text!r} names none of the switches. They are: {', '.join(SWITCHES)}.")
        elif not value or (value not in switch.values and not switch.free_form):
            problems.append(f"--switch {name} takes one of: {', '.join(switch.values)}; not {value!r}.")
        else:
            chosen[name] = value
    if problems:
        raise ConfigError(problems)
    return chosen
