"""Makes the folder of one app: key and certificate, project, steps, settings."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orgkey.clock import SYSTEM_CLOCK, Clock
from orgkey.errors import ConfigError
from orgkey.setup.folder import File, refuse_existing, write_folder
from orgkey.setup.keypair import KeyPair, new_key_pair
from orgkey.setup.plan import SetupPlan
from orgkey.setup.project import project_files
from orgkey.setup.snippets import env_example, github_actions
from orgkey.setup.steps import steps_page

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from orgkey.secrets import Secret

__all__ = ["PLAN_FILE", "PROJECT_FOLDER", "MadeSetup", "key_files", "make_setup", "read_plan"]

PLAN_FILE: Final = "setup.json"
PROJECT_FOLDER: Final = "salesforce"

_IGNORED: Final = ".env\nkeys/*.key\n"


@dataclass(frozen=True, slots=True)
class MadeSetup:
    """What was made: the folder, its files by their paths in it, and the end of the certificate where there is one."""

    folder: Path
    files: tuple[str, ...]
    expires: datetime | None


def make_setup(
    plan: SetupPlan, folder: Path, *, passphrase: Secret | None = None, clock: Clock = SYSTEM_CLOCK
) -> MadeSetup:
    """Make ``folder`` with all that ``plan`` needs, or nothing.

    The private key is encrypted where there is a ``passphrase``. Raises :class:`~orgkey.errors.ConfigError` where
    the folder exists or cannot be written.
    """
    refuse_existing(folder)  # before a key is made, which takes a while
    pair = new_key_pair(plan.label, plan.certificate_days, clock, passphrase) if plan.uses_key else None
    key_file, _ = key_files(plan)
    files = [
        *key_and_project(plan, pair),
        File("STEPS.md", steps_page(plan, _quoted(folder.absolute()))),
        File(
            ".env.example", env_example(plan, _quoted((folder / key_file).absolute()), encrypted=passphrase is not None)
        ),
        File("ci/github-actions.yml", github_actions(plan, key_file)),
        File(".gitignore", _IGNORED),
        File(PLAN_FILE, plan_text(plan)),
    ]
    write_folder(folder, files)
    return MadeSetup(folder, tuple(sorted(file.path for file in files)), pair.expires if pair else None)


def _quoted(path: Path) -> str:
    """``path`` as a shell and a .env file read it."""
    return shlex.quote(str(path))


def key_and_project(plan: SetupPlan, pair: KeyPair | None) -> list[File]:
    """The files of the app itself: its key pair, where it has one, and its DX project."""
    files = []
    if pair is not None:
        key_file, certificate_file = key_files(plan)
        files += [File(key_file, pair.private_key), File(certificate_file, pair.certificate)]
    project = project_files(plan, pair.certificate if pair else None)
    return files + [File(f"{PROJECT_FOLDER}/{path}", text) for path, text in project.items()]


def key_files(plan: SetupPlan) -> tuple[str, str]:
    """Where the private key and its certificate lie in the folder."""
    return f"keys/{plan.slug}.key", f"keys/{plan.slug}.crt"


def plan_text(plan: SetupPlan) -> str:
    """The plan as it is kept in the folder."""
    return json.dumps(plan.as_dict(), indent=2) + "\n"


def read_plan(folder: Path) -> SetupPlan:
    """The plan that ``folder`` was made from. Raises :class:`~orgkey.errors.ConfigError` where it has none."""
    path = folder / PLAN_FILE
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return SetupPlan(**kept | {"scopes": tuple(kept["scopes"])})
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}. Give the folder that orgkey setup made.") from None
    except (ValueError, TypeError, KeyError) as error:
        if isinstance(error, ConfigError):
            raise
        raise ConfigError(f"{path} is damaged. Take it from version control, or make a new setup.") from None
