"""Checks of what is here: the settings, and the key with its certificate. Nothing is sent."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from orgkey.doctor.finding import Check, Finding, failed, not_run, ok, warning
from orgkey.errors import ConfigError, OrgkeyError, OrgkeyWarning, TokenRequestError
from orgkey.grants import JWTBearer
from orgkey.grants.base import shown_client_id
from orgkey.keys.certificate import Certificate, certificate_beside, read_certificate
from orgkey.secrets import shown_username
from orgkey.sender import shared_sender
from orgkey.settings import connect, key_file

if TYPE_CHECKING:
    from orgkey.doctor.examination import Examination

__all__ = ["CHECKS"]

_SOON: Final = 60  # days


def _settings(exam: Examination) -> Finding:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", OrgkeyWarning)
        try:
            exam.session = session = (
                exam.source() if exam.source else connect(exam.profile, attempts=1, clock=exam.clock)
            )
            exam.place()
            shared_sender(session.options.http, exam.clock).prepare()
        except TokenRequestError as error:
            return failed(error.diagnosis)
        except ConfigError as error:
            return failed(exam.diagnose("local", "SETTINGS_UNUSABLE"), *error.problems)
        except OrgkeyError as error:
            return failed(exam.diagnose("local", "SETTINGS_UNUSABLE"), str(error))
    grant = session.grant
    evidence = [
        f"login URL: {session.login_url}",
        f"grant: {grant.name}",
        f"client id: {shown_client_id(grant.client_id)}",
    ]
    evidence += [f"username: {shown_username(grant.username)}"] if grant.username else []
    evidence += [session.login_note] if session.login_note else []
    notes = [str(each.message) for each in caught]
    if notes:
        return warning(notes[0], *evidence, *notes[1:])
    return ok("all settings are there and fit each other", *evidence)


def _key(exam: Examination) -> Finding:
    grant = exam.session.grant
    if not isinstance(grant, JWTBearer):
        return not_run(
            "a refresh token needs no key" if grant.name == "refresh_token" else "Client Credentials uses no key"
        )
    try:
        certificate = _certificate(exam, grant)
    except ConfigError as error:
        return failed(exam.diagnose("local", "SETTINGS_UNUSABLE"), *error.problems)
    if certificate is None:
        return ok(
            "the key can sign; no certificate lies beside it to compare with",
            "name the certificate's file to have it compared: --certificate FILE",
        )
    now = exam.clock.now()
    days = certificate.days_left(now)
    facts = (
        f"certificate: {certificate.where} ({certificate.name})",
        f"valid from {_day(certificate.not_before)} until {_day(certificate.not_after)}, {days} days left",
        f"SHA-256 fingerprint: {certificate.fingerprint}",
    )
    if not certificate.belongs_to(grant.signer):
        return failed(exam.diagnose("local", "ASSERTION_INVALID"), *facts)
    if not certificate.is_valid(now):
        return failed(exam.diagnose("local", "CERTIFICATE_NOT_VALID"), *facts)
    if days <= _SOON:
        return warning(f"the certificate ends in {days} days: orgkey setup rotate-certificate", *facts)
    return ok("the key belongs to the certificate, which is valid", *facts)


def _certificate(exam: Examination, grant: JWTBearer) -> Certificate | None:
    if exam.certificate is not None:
        return read_certificate(exam.certificate)
    if grant.signer.certificate is not None:
        return read_certificate(grant.signer.certificate, "the key's own certificate")
    if exam.source is not None:
        held = exam.kept.certificate if exam.kept else ""
        return read_certificate(held.encode(), "the certificate kept with the key") if held else None
    file = key_file(exam.profile)
    beside = certificate_beside(file) if file else None
    return read_certificate(beside) if beside else None


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


CHECKS: Final = (
    Check("settings", "Settings", _settings),
    Check("key", "Key and certificate", _key),
)
