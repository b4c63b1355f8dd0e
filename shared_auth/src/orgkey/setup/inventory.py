"""All keys and certificates that the profiles and the environment name, with the days that are left."""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orgkey.errors import ConfigError, OrgkeyWarning
from orgkey.events import Event, EventKind
from orgkey.grants import JWTBearer
from orgkey.keys.certificate import Certificate, certificate_beside, read_certificate
from orgkey.plugins import KeptKey, SessionSourcePlugin, registered
from orgkey.settings import connect, key_file, profile_names

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from orgkey.session import OrgSession

__all__ = ["MILESTONES", "Held", "inventory"]

MILESTONES: Final = (60, 30, 14, 7, 1)  # days


@dataclass(frozen=True, slots=True)
class Held:
    """One profile's key and certificate.

    ``problem`` says what cannot be read or does not fit, ``mend`` which command replaces what ends.
    """

    profile: str
    org: str = ""
    client_id: str = ""
    username: str = ""
    key: str = ""
    certificate: Certificate | None = None
    problem: str = ""
    mend: str = "orgkey setup rotate-certificate DIR"

    def milestone(self, now: float) -> int | None:
        """The smallest milestone that is reached, 0 where the certificate has ended; None where there is time."""
        if self.certificate is None:
            return None
        days = self.certificate.days_left(now)
        return 0 if days < 0 else min((each for each in MILESTONES if days <= each), default=None)

    def event(self, now: float) -> Event:
        """What observers are told about a certificate that ends."""
        left = self.certificate.not_after - now if self.certificate else 0.0
        host = self.org.partition("//")[2]
        return Event(
            EventKind.CERTIFICATE,
            host,
            self.client_id,
            self.username,
            "jwt_bearer",
            seconds=max(left, 0.0),
            cause="CERTIFICATE_NOT_VALID" if left < 0 else "",
        )


def inventory() -> Iterator[Held]:
    """What each profile holds, and the environment where it names a key. Those without a key are left out."""
    for name in profile_names():
        yield from _held(name, name)
    if any(os.environ.get(f"SALESFORCE_PRIVATE_KEY{suffix}") for suffix in ("", "_FILE")):
        yield from _held("(environment)", None)
    for source in registered(SessionSourcePlugin).values():
        for kept in source.keys(""):
            yield _kept(source.name, kept)


def _kept(source: str, kept: KeptKey) -> Held:
    certificate, problem = None, kept.problem
    if kept.certificate:
        try:
            certificate = read_certificate(kept.certificate.encode(), "kept with the key")
        except ConfigError as error:
            problem = problem or str(error)
    return Held(
        f"{source} {kept.name}".strip(),
        kept.login_url,
        kept.client_id,
        kept.username,
        "sealed in the store",
        certificate,
        problem or ("" if certificate else "no certificate is kept with the key: its end is not known here"),
        f"orgkey {source}s renew-secret {kept.name}",
    )


def _held(title: str, profile: str | None) -> Iterator[Held]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", OrgkeyWarning)
            session, file = connect(profile), key_file(profile)
    except ConfigError as error:
        yield Held(title, problem=" ".join(error.problems))
        return
    if isinstance(session.grant, JWTBearer):
        yield _read(title, session, session.grant, file)


def _read(title: str, session: OrgSession, grant: JWTBearer, file: Path | None) -> Held:
    certificate, problem = None, ""
    beside = certificate_beside(file) if file else None
    try:
        if grant.signer.certificate is not None:
            certificate = read_certificate(grant.signer.certificate, "the key's own certificate")
        elif beside is not None:
            certificate = read_certificate(beside)
    except ConfigError as error:
        problem = str(error)
    if certificate is None:
        problem = problem or "no certificate lies beside the key: its end is not known here"
    elif not certificate.belongs_to(grant.signer):
        problem = "the key does not belong to the certificate beside it"
    where = str(file) if file else "not in a file"
    return Held(title, session.login_url, grant.client_id, grant.username, where, certificate, problem)
