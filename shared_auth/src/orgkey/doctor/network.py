"""Checks of the way to the login host: name, connection, TLS, clock, and who answers at the token URL."""

from __future__ import annotations

import json
import re
import socket
import ssl
from typing import TYPE_CHECKING, Final

from orgkey.carriers import network_kind, tls_context
from orgkey.doctor.finding import Check, Finding, failed, not_run, ok, warning
from orgkey.errors import TokenRequestError
from orgkey.org import is_generic_login

if TYPE_CHECKING:
    from orgkey.doctor.examination import Examination, Place
    from orgkey.wire import Answer

__all__ = ["CHECKS"]

# Salesforce lets three minutes pass (Salesforce Help, remoteaccess_oauth_jwt_flow).
_FATAL_SKEW: Final = 180.0
_NOTABLE_SKEW: Final = 60.0
_UNSENT: Final = frozenset({"TOKEN_ENDPOINT_REDIRECT", "TOKEN_ANSWER_UNUSABLE"})
_SERVER_ERRORS: Final = 500
_ERROR_CODE: Final = re.compile(r"[a-z]+(?:_[a-z]+)*")


def _dns(exam: Examination) -> Finding:
    place = exam.place()
    try:
        found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        kind = "proxy" if place.is_proxy else "dns"
        return failed(exam.diagnose("network", kind, f"{_named(place)} has no address: {error}"))
    addresses = sorted({str(each[4][0]) for each in found})
    return ok(f"{_named(place)} has {len(addresses)} address(es)", ", ".join(addresses[:4]))


def _tcp(exam: Examination) -> Finding:
    place = exam.place()
    try:
        socket.create_connection((place.host, place.port), timeout=exam.session.options.http.connect).close()
    except OSError as error:
        fact = f"{_named(place)} port {place.port}: {error.strerror or error}"
        return failed(exam.diagnose("network", "proxy" if place.is_proxy else _kind(error), fact))
    return ok(f"{_named(place)} accepts connections on port {place.port}")


def _tls(exam: Examination) -> Finding:
    if exam.session.login.scheme == "http":
        return not_run("plain http to this machine, as allowed for a local test org")
    place = exam.place()
    if not place.is_proxy:
        return _handshake(exam, place)
    try:
        exam.probe()
    except TokenRequestError as error:
        if error.diagnosis.cause.id not in _UNSENT:
            return failed(error.diagnosis, f"through {_named(place)}")
    return ok(f"the certificate is trusted, through {_named(place)}")


def _handshake(exam: Examination, place: Place) -> Finding:
    settings = exam.session.options.http
    try:
        with (
            socket.create_connection((place.host, place.port), timeout=settings.connect) as plain,
            tls_context(settings.ca_file).wrap_socket(plain, server_hostname=place.host) as secure,
        ):
            return ok("the certificate is trusted", f"{secure.version()}, {secure.cipher()}")
    except OSError as error:
        said = getattr(error, "verify_message", "") or str(error)
        kind = network_kind(error) if isinstance(error, ssl.SSLError) else _kind(error)
        return failed(exam.diagnose("network", kind, f"TLS: {said}", *_who_answers(place)))


def _who_answers(place: Place) -> list[str]:
    """Who signed the certificate that was not trusted: a company proxy gives itself away here."""
    from cryptography import x509

    try:
        found = x509.load_pem_x509_certificate(
            ssl.get_server_certificate((place.host, place.port), timeout=5.0).encode()
        )
    except (OSError, ValueError):
        return []
    return [f"certificate of {found.subject.rfc4514_string()}, issued by {found.issuer.rfc4514_string()}"]


def _clock(exam: Examination) -> Finding:
    try:
        skew = exam.probe().clock_skew
    except TokenRequestError as error:
        if error.diagnosis.cause.id in _UNSENT:
            return not_run("the answer that would tell the time is not Salesforce's")
        return failed(error.diagnosis)
    if skew is None:
        return not_run("the answer has no Date header")
    side = "ahead of" if skew > 0 else "behind"
    fact = f"this machine is {abs(skew):.0f} s {side} Salesforce"
    if abs(skew) <= _NOTABLE_SKEW:
        return ok("the clocks agree", fact)
    if abs(skew) > _FATAL_SKEW and exam.session.grant.name == "jwt_bearer":
        return failed(exam.diagnose("local", "CLOCK_SKEW", fact))
    return warning("the clock of this machine is off: set it before it refuses a JWT", fact)


def _token_url(exam: Examination) -> Finding:
    try:
        answer = exam.probe()
    except TokenRequestError as error:
        return failed(error.diagnosis)
    fact = f"HTTP {answer.status_code}, {answer.headers.get('content-type', 'no content type'):.100}"
    if answer.status_code >= _SERVER_ERRORS:
        return failed(exam.diagnose("token", "", fact, status=answer.status_code))
    if not _is_oauth_error(answer):
        return failed(exam.diagnose("local", "TOKEN_ANSWER_UNUSABLE", fact))
    return ok("the token URL answers as an OAuth token endpoint does", fact)


def _is_oauth_error(answer: Answer) -> bool:
    """Whether ``answer`` refuses as a token endpoint does: JSON with a code as its ``error`` (RFC 6749 section 5.2)."""
    try:
        told = json.loads(answer.body)
    except (ValueError, RecursionError):
        return False
    error = told.get("error") if isinstance(told, dict) else None
    return isinstance(error, str) and _ERROR_CODE.fullmatch(error) is not None


def _host(exam: Examination) -> Finding:
    host = exam.session.login.host
    if is_generic_login(host):
        return warning(
            f"{host} belongs to no org: External Client Apps are known at the org's My Domain alone",
            "SALESFORCE_LOGIN_URL is best the My Domain URL: Setup > My Domain",
        )
    return ok(f"{host} is the org's own host, where every kind of app may log in")


def _kind(error: OSError) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    return "timeout" if isinstance(error, TimeoutError) else "unreachable"


def _named(place: Place) -> str:
    return f"the proxy {place.host}" if place.is_proxy else place.host


CHECKS: Final = (
    Check("dns", "Name of the login host", _dns),
    Check("tcp", "Connection", _tcp),
    Check("tls", "TLS", _tls),
    Check("clock", "Clock", _clock),
    Check("token_url", "Token URL", _token_url),
    Check("host", "Right host", _host),
)
