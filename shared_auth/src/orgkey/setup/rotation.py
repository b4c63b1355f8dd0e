"""The next key and certificate beside the current ones, and the order of steps that keeps the service up.

An app holds one certificate, so what makes both keys good at once is a second app beside the first. Each generation has
a folder of its own; which step is next is told by the key files that are there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from orgkey.clock import SYSTEM_CLOCK, Clock
from orgkey.errors import ConfigError
from orgkey.setup.make import key_files, make_setup, read_plan
from orgkey.setup.steps import Step

if TYPE_CHECKING:
    from pathlib import Path

    from orgkey.secrets import Secret
    from orgkey.setup.plan import SetupPlan

__all__ = ["Rotation", "find_rotation", "remove_old_keys", "start_rotation"]

_FOLDER: Final = "rotation-"


@dataclass(frozen=True, slots=True)
class Rotation:
    """A rotation under way: the folders of the current generation and of the next one."""

    folder: Path
    current: Path
    next: Path

    def steps(self) -> list[Step]:
        """The order in which nothing breaks: both accepted, switch, remove."""
        old, new = read_plan(self.current), read_plan(self.next)
        key = self.next / key_files(new)[0]
        return [
            Step(
                f"Both are accepted: deploy {new.label} beside {old.label}",
                (
                    f"orgkey setup deploy {self.next} --as-admin PROFILE, or as in {self.next / 'STEPS.md'}",
                    f"Assign the permission set {new.label} Access to {new.username}.",
                    f"{old.label} goes on working; nothing has changed for anybody.",
                ),
                "Until the switch nobody depends on the new key.",
                f"Delete {new.label} in Setup > External Client App Manager.",
            ),
            Step(
                "Switch: let every program use the new key",
                (
                    (
                        f"Set SALESFORCE_PRIVATE_KEY_FILE={key.absolute()}, and SALESFORCE_CLIENT_ID to the "
                        f"consumer key of {new.label}; then restart."
                    ),
                    "orgkey doctor: the whole chain holds with the new key.",
                ),
                "The old key is still good: a program that was missed goes on.",
                "Set both back.",
            ),
            Step(
                "Remove the old one",
                (
                    f"Setup > Login History: wait until no login by {old.label} shows for a day.",
                    f"Setup > External Client App Manager > {old.label} > Delete.",
                    f"orgkey setup rotate-certificate {self.folder} --remove-old",
                ),
                "A key that nobody uses can still be stolen.",
                "None: make a new setup.",
            ),
        ]

    def as_dict(self) -> list[dict[str, Any]]:
        """The steps as JSON-ready data."""
        return [{"title": step.title, "do": list(step.do), "undo": step.undo} for step in self.steps()]


def find_rotation(folder: Path) -> Rotation | None:
    """The rotation that is under way in ``folder``: more than one generation still has its key."""
    keyed = _with_keys(folder)
    return Rotation(folder, keyed[-2], keyed[-1]) if len(keyed) > 1 else None


def start_rotation(
    folder: Path, *, days: int, passphrase: Secret | None = None, clock: Clock = SYSTEM_CLOCK
) -> Rotation:
    """Make the next generation. Raises :class:`~orgkey.errors.ConfigError` where there is no key to follow."""
    keyed = _with_keys(folder)
    if not keyed:
        raise ConfigError(f"{folder} has no private key any more. Make a new setup: orgkey setup")
    plan = read_plan(keyed[-1])
    generation = plan.generation + 1
    made = make_setup(
        replace(plan, generation=generation, certificate_days=days, switches=_without_key(plan)),
        folder / f"{_FOLDER}{generation}",
        passphrase=passphrase,
        clock=clock,
    )
    return Rotation(folder, keyed[-1], made.folder)


def remove_old_keys(folder: Path) -> list[str]:
    """Delete the private keys of all generations but the newest, and return their paths."""
    *old, _ = _with_keys(folder) or [folder]
    removed = []
    for generation in old:
        path = generation / key_files(read_plan(generation))[0]
        try:
            path.unlink()
        except OSError as error:
            raise ConfigError(f"{path} cannot be deleted: {error.strerror}.") from None
        removed.append(str(path))
    if not removed:
        raise ConfigError(f"{folder} has no old key: there is nothing to remove.")
    return removed


def _with_keys(folder: Path) -> list[Path]:
    """The folders of the generations whose private key is there, oldest first."""
    plan = read_plan(folder)
    if not plan.uses_key:
        raise ConfigError(
            "Client Credentials has no certificate. Its secret is changed in Setup > External Client App Manager > "
            f"{plan.label} > Settings > OAuth Settings > Consumer Key and Secret: Stage, then Apply."
        )
    found = {plan.generation: folder}
    for other in folder.glob(f"{_FOLDER}*"):
        found[read_plan(other).generation] = other
    return [path for _, path in sorted(found.items()) if (path / key_files(read_plan(path))[0]).exists()]


def _without_key(plan: SetupPlan) -> dict[str, str]:
    """The switches for another app, which cannot have the same consumer key."""
    return {**plan.switches, "consumer-key": "omit"}
