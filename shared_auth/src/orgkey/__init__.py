"""Salesforce access for Python agents without a password.

``connect()`` reads the settings and gives an :class:`OrgSession`, which holds the access token of one org and user,
renews it when Salesforce rejects it, and explains every failure. :class:`SalesforceAuth` puts it under an httpx client.

All names below are loaded on first use: ``import orgkey`` itself costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orgkey.carriers import HTTPSettings, make_client, tls_context
    from orgkey.causes import Cause, Diagnosis, Permanence, Who
    from orgkey.cli.output import ExitCode, Output, UsageProblem
    from orgkey.clock import SYSTEM_CLOCK, Clock
    from orgkey.diagnosis import Evidence, diagnose
    from orgkey.errors import (
        ConfigError,
        CoolingDown,
        IdentityChanged,
        MissingScope,
        OrgChanged,
        OrgkeyError,
        OrgkeyWarning,
        PasswordIgnoredWarning,
        RefreshInProgress,
        SettingsWarning,
        TokenAnswerRefused,
        TokenEndpointUnreachable,
        TokenRequestError,
        UntrustedHost,
        UserChanged,
    )
    from orgkey.events import Event, EventKind
    from orgkey.grants import (
        AuthorizationCode,
        AuthorizationRequest,
        ClientCredentials,
        Grant,
        JWTBearer,
        RefreshToken,
    )
    from orgkey.keys import RSASigner, Signer, load_signer
    from orgkey.observers import notify
    from orgkey.org import API_DOMAINS, HostRules, Origin
    from orgkey.plugins import (
        CommandPlugin,
        HealthCheckPlugin,
        KeptKey,
        KeyWrapperPlugin,
        LockPlugin,
        ReplacementPlugin,
        RulePackPlugin,
        SessionSourcePlugin,
        StorePlugin,
        hookimpl,
        registered,
    )
    from orgkey.replacements import install
    from orgkey.replay import Call, NeedToken, Reply, exchange, run_exchange
    from orgkey.secrets import Secret, conceal, redact
    from orgkey.sender import Sender, shared_sender
    from orgkey.session import OrgSession, SessionOptions
    from orgkey.settings import connect
    from orgkey.token import Token
    from orgkey.transport import SalesforceAuth

__version__ = "0.1.0"

__all__ = [
    "API_DOMAINS",
    "SYSTEM_CLOCK",
    "AuthorizationCode",
    "AuthorizationRequest",
    "Call",
    "Cause",
    "ClientCredentials",
    "Clock",
    "CommandPlugin",
    "ConfigError",
    "CoolingDown",
    "Diagnosis",
    "Event",
    "EventKind",
    "Evidence",
    "ExitCode",
    "Grant",
    "HTTPSettings",
    "HealthCheckPlugin",
    "HostRules",
    "IdentityChanged",
    "JWTBearer",
    "KeptKey",
    "KeyWrapperPlugin",
    "LockPlugin",
    "MissingScope",
    "NeedToken",
    "OrgChanged",
    "OrgSession",
    "OrgkeyError",
    "OrgkeyWarning",
    "Origin",
    "Output",
    "PasswordIgnoredWarning",
    "Permanence",
    "RSASigner",
    "RefreshInProgress",
    "RefreshToken",
    "ReplacementPlugin",
    "Reply",
    "RulePackPlugin",
    "SalesforceAuth",
    "Secret",
    "Sender",
    "SessionOptions",
    "SessionSourcePlugin",
    "SettingsWarning",
    "Signer",
    "StorePlugin",
    "Token",
    "TokenAnswerRefused",
    "TokenEndpointUnreachable",
    "TokenRequestError",
    "UntrustedHost",
    "UsageProblem",
    "UserChanged",
    "Who",
    "__version__",
    "conceal",
    "connect",
    "diagnose",
    "exchange",
    "hookimpl",
    "install",
    "load_signer",
    "make_client",
    "notify",
    "redact",
    "registered",
    "run_exchange",
    "shared_sender",
    "tls_context",
]

_HOME = {
    **dict.fromkeys(["ExitCode", "Output", "UsageProblem"], "cli.output"),
    **dict.fromkeys(["HTTPSettings", "make_client", "tls_context"], "carriers"),
    **dict.fromkeys(["Cause", "Diagnosis", "Permanence", "Who"], "causes"),
    **dict.fromkeys(["SYSTEM_CLOCK", "Clock"], "clock"),
    **dict.fromkeys(["Evidence", "diagnose"], "diagnosis"),
    **dict.fromkeys(["Event", "EventKind"], "events"),
    **dict.fromkeys(["Call", "NeedToken", "Reply", "exchange", "run_exchange"], "replay"),
    **dict.fromkeys(
        ["AuthorizationCode", "AuthorizationRequest", "ClientCredentials", "Grant", "JWTBearer", "RefreshToken"],
        "grants",
    ),
    **dict.fromkeys(["RSASigner", "Signer", "load_signer"], "keys"),
    "notify": "observers",
    **dict.fromkeys(["API_DOMAINS", "HostRules", "Origin"], "org"),
    **dict.fromkeys(
        [
            "CommandPlugin",
            "HealthCheckPlugin",
            "KeptKey",
            "KeyWrapperPlugin",
            "LockPlugin",
            "ReplacementPlugin",
            "RulePackPlugin",
            "SessionSourcePlugin",
            "StorePlugin",
            "hookimpl",
            "registered",
        ],
        "plugins",
    ),
    "install": "replacements",
    **dict.fromkeys(["Secret", "conceal", "redact"], "secrets"),
    **dict.fromkeys(["Sender", "shared_sender"], "sender"),
    **dict.fromkeys(["OrgSession", "SessionOptions"], "session"),
    "connect": "settings",
    "Token": "token",
    "SalesforceAuth": "transport",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        msg = f"module 'orgkey' has no attribute {name!r}"
        raise AttributeError(msg)
    value: object = getattr(import_module(f"orgkey.{_HOME.get(name, 'errors')}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
