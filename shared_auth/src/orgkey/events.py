"""Facts about token requests for observers and logs; no secret is in them."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from orgkey.secrets import shown_username

__all__ = ["Event", "EventKind", "log"]

_LOGGER: Final = logging.getLogger("orgkey")
_LOGGER.addHandler(logging.NullHandler())  # a program that sets up no logging hears nothing of ours


class EventKind(StrEnum):
    """What happened."""

    REQUESTED = "token_requested"
    RENEWED = "token_renewed"
    JOINED = "renewal_joined"
    FAILED = "renewal_failed"
    COOLING = "cooling_down"
    CERTIFICATE = "certificate_ends"
    TENANT_STATE = "tenant_state"
    ROTATION_LOST = "rotation_lost"
    PERSIST_DELAYED = "persist_delayed"


_LEVELS: Final = {
    EventKind.REQUESTED: logging.DEBUG,
    EventKind.JOINED: logging.DEBUG,
    EventKind.RENEWED: logging.INFO,
    EventKind.FAILED: logging.WARNING,
    EventKind.COOLING: logging.WARNING,
    EventKind.CERTIFICATE: logging.WARNING,
    EventKind.TENANT_STATE: logging.WARNING,
    EventKind.ROTATION_LOST: logging.ERROR,
    EventKind.PERSIST_DELAYED: logging.ERROR,
}


@dataclass(frozen=True, slots=True)
class Event:
    """One fact.

    Attributes
    ----------
    kind:
        What happened.
    login_host, client_id, username, grant:
        Whose session it is; ``username`` is empty where the app decides who acts.
    generation:
        Generation of the token that was had, or is wanted.
    attempt:
        Which try of this renewal, from 1.
    seconds:
        How long the token request took, how long the cool-down lasts, or how long the certificate is still good for.
    cause:
        Cause id where something failed.
    tenant, state:
        Which customer's org it is about and what state that is in, where orgkey-tenants tells.

    """

    kind: EventKind
    login_host: str
    client_id: str
    username: str
    grant: str
    generation: int = 0
    attempt: int = 0
    seconds: float = 0.0
    cause: str = ""
    tenant: str = ""
    state: str = ""

    def __str__(self) -> str:
        who = f"{self.grant} at {self.login_host}" + (f" as {shown_username(self.username)}" if self.username else "")
        facts = [f"tenant {self.tenant}"] if self.tenant else []
        facts += [self.state] if self.state else []
        facts += [f"generation {self.generation}"]
        facts += [f"attempt {self.attempt}"] if self.attempt > 1 else []
        facts += [f"{self.seconds:.3f} s"] if self.seconds else []
        facts += [self.cause] if self.cause else []
        return f"{self.kind.value.replace('_', ' ')}: {who} ({', '.join(facts)})"


def log(event: Event) -> None:
    """Put ``event`` into the standard log under the name ``orgkey``."""
    _LOGGER.log(_LEVELS[event.kind], "%s", event, extra={"orgkey_event": event})
