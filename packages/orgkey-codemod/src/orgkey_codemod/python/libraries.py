"""The libraries that log in to Salesforce with a password: their names, their arguments, and what takes their place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

__all__ = ["CLASSES", "PASSWORDS", "SECRETS", "Client", "ClientKind", "client_of", "offered"]

PASSWORDS: Final = ("password", "security_token")
"""The arguments that hold the password, or the end that Salesforce adds to it."""
SECRETS: Final = (*PASSWORDS, "organizationId")
"""The arguments that go."""


class ClientKind(Enum):
    """What kind of login a class or function is."""

    CLIENT = "client"
    LOGIN = "login"
    TOOL = "tool"
    SPEC = "spec"
    BULK = "bulk"
    SOAP = "soap"
    OTHER = "other"
    WRAPPER = "wrapper"


@dataclass(frozen=True)
class Client:
    """A class or function that logs in."""

    name: str
    kind: ClientKind
    signature: tuple[str, ...]
    replacement: str | None = None
    """The package that offers the same name without a password."""
    distribution: str | None = None


_SALESFORCE: Final = (
    "username",
    "password",
    "security_token",
    "session_id",
    "instance",
    "instance_url",
    "organizationId",
    "version",
    "proxies",
    "session",
    "client_id",
    "domain",
    "consumer_key",
    "consumer_secret",
    "privatekey_file",
    "privatekey",
    "parse_float",
    "object_pairs_hook",
)
_LOGIN: Final = (
    "username",
    "password",
    "security_token",
    "organizationId",
    "sf_version",
    "proxies",
    "session",
    "client_id",
    "domain",
    "consumer_key",
    "consumer_secret",
    "privatekey_file",
    "privatekey",
    "instance_url",
)
_TOOL: Final = ("username", "password", "security_token", "domain", "salesforce_client")
_BULK: Final = ("sessionId", "host", "username", "password", "API_version", "sandbox", "security_token")
_SOAP: Final = ("username", "password", "security_token")

_SIMPLE: Final = "orgkey_simple_salesforce"
_CLIENT: Final = Client("Salesforce", ClientKind.CLIENT, _SALESFORCE, _SIMPLE, "orgkey-simple-salesforce")
_FUNCTION: Final = Client("SalesforceLogin", ClientKind.LOGIN, _LOGIN, _SIMPLE, "orgkey-simple-salesforce")
_LANGCHAIN: Final = Client("SalesforceTool", ClientKind.TOOL, _TOOL, "orgkey_langchain", "orgkey-langchain")
_LLAMA: Final = Client("SalesforceToolSpec", ClientKind.SPEC, _SALESFORCE, "orgkey_llama_index", "orgkey-llama-index")
_SOAP_LOGIN: Final = Client("SoapLogin", ClientKind.SOAP, _SOAP)
_BULK_CLIENT: Final = Client("SalesforceBulk", ClientKind.BULK, _BULK)

CLASSES: Final[dict[str, Client]] = {
    "simple_salesforce.Salesforce": _CLIENT,
    "simple_salesforce.api.Salesforce": _CLIENT,
    "simple_salesforce.SalesforceLogin": _FUNCTION,
    "simple_salesforce.login.SalesforceLogin": _FUNCTION,
    "simple_salesforce.api.SalesforceLogin": _FUNCTION,
    "langchain_salesforce.SalesforceTool": _LANGCHAIN,
    "langchain_salesforce.tools.SalesforceTool": _LANGCHAIN,
    "llama_index.tools.salesforce.SalesforceToolSpec": _LLAMA,
    "llama_index.tools.salesforce.base.SalesforceToolSpec": _LLAMA,
    "llama_hub.tools.salesforce.SalesforceToolSpec": _LLAMA,
    "llama_hub.tools.salesforce.base.SalesforceToolSpec": _LLAMA,
    "salesforce_bulk.SalesforceBulk": _BULK_CLIENT,
    "salesforce_bulk.salesforce_bulk.SalesforceBulk": _BULK_CLIENT,
    "aiosalesforce.SoapLogin": _SOAP_LOGIN,
    "aiosalesforce.auth.SoapLogin": _SOAP_LOGIN,
    "aiosalesforce.auth.soap.SoapLogin": _SOAP_LOGIN,
    "salesforce_api.Salesforce": Client("Salesforce", ClientKind.OTHER, _SOAP),
    "salesforce_api.client.Client": Client("Client", ClientKind.OTHER, _SOAP),
}

_OFFERED: Final = {
    _SIMPLE: frozenset(
        [
            "Salesforce",
            "SalesforceLogin",
            "SFType",
            "SFBulkHandler",
            "SalesforceAuthenticationFailed",
            "SalesforceError",
            "SalesforceExpiredSession",
            "SalesforceGeneralError",
            "SalesforceMalformedRequest",
            "SalesforceMoreThanOneRecord",
            "SalesforceRefusedRequest",
            "SalesforceResourceNotFound",
            "format_external_id",
            "format_soql",
        ]
    ),
    "orgkey_langchain": frozenset({"SalesforceTool"}),
    "orgkey_llama_index": frozenset({"SalesforceToolSpec"}),
}


def client_of(dotted: str) -> Client | None:
    """What a dotted name logs in to, if it does."""
    return CLASSES.get(dotted)


def offered(package: str, name: str) -> bool:
    """Whether a replacement offers a name."""
    return name in _OFFERED[package]
