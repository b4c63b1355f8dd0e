"""Stand-ins for the libraries that log in: they note what they are called with and send nothing."""

from __future__ import annotations

import inspect
import sys
import types
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

SECRETS: Final = frozenset({"password", "security_token", "organizationId"})
EXCEPTIONS: Final = (
    "SalesforceError",
    "SalesforceAuthenticationFailed",
    "SalesforceExpiredSession",
    "SalesforceGeneralError",
    "SalesforceMalformedRequest",
    "SalesforceMoreThanOneRecord",
    "SalesforceRefusedRequest",
    "SalesforceResourceNotFound",
)


@dataclass(frozen=True)
class Login:
    """One call of a class or function that logs in."""

    library: str
    what: str
    arguments: Mapping[str, Any]

    def without_secrets(self, username: str) -> tuple[str, dict[str, Any]]:
        """What must not change: all but the secrets, and but ``username``, which the environment may have too."""
        kept = {name: _plain(value) for name, value in self.arguments.items() if name not in SECRETS}
        if kept.get("username") == username:
            del kept["username"]
        return self.what, kept

    def secrets(self) -> frozenset[str]:
        """The names of secrets that were given."""
        return SECRETS & frozenset(self.arguments)


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | bool | dict | None) else type(value).__name__


class Anything:
    """Answers every attribute and call with something that can be printed, counted and looped over."""

    def __init__(self, *arguments: object, **options: object) -> None:
        self.headers: dict[str, str] = {}

    def __getattr__(self, name: str) -> Anything:
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything()

    def __call__(self, *arguments: object, **options: object) -> dict[str, Any]:
        return {"totalSize": 1, "done": True, "records": [{"Id": "001000000000001", "Name": "Acme"}], "id": "0"}


def _signature(names: str) -> inspect.Signature:
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return inspect.Signature([inspect.Parameter(name, kind, default=None) for name in names.split()])


# The names and the order are those of the libraries.
_SALESFORCE: Final = _signature(
    "username password security_token session_id instance instance_url organizationId version proxies session client_id"
    " domain consumer_key consumer_secret privatekey_file privatekey parse_float object_pairs_hook"
)
_LOGIN: Final = _signature(
    "username password security_token organizationId sf_version proxies session client_id domain consumer_key"
    " consumer_secret privatekey_file privatekey instance_url"
)
_TOOL: Final = _signature("username password security_token domain salesforce_client")


@contextmanager
def installed() -> Iterator[list[Login]]:
    """Put the stand-ins in place of both the libraries and their replacements; gives what they were called with."""
    seen: list[Login] = []
    modules: dict[str, types.ModuleType] = {}
    for library in ("simple_salesforce", "orgkey_simple_salesforce"):
        names: dict[str, object] = {name: type(name, (Exception,), {}) for name in EXCEPTIONS}
        names["Salesforce"] = _class(seen, library, "Salesforce", _SALESFORCE)
        names["SalesforceLogin"] = _function(seen, library, "SalesforceLogin", _LOGIN)
        names |= {"SFType": Anything, "SFBulkHandler": Anything}
        names |= {"format_soql": str.format, "format_external_id": "{}/{}".format}
        parts = (library, *(f"{library}.{part}" for part in ("api", "login", "exceptions", "format")))
        modules |= {part: _module(part, names) for part in parts}
    for library in ("langchain_salesforce", "orgkey_langchain"):
        modules[library] = _module(library, {"SalesforceTool": _class(seen, library, "SalesforceTool", _TOOL)})
    for library in ("llama_index.tools.salesforce", "orgkey_llama_index"):
        spec = {"SalesforceToolSpec": _class(seen, library, "SalesforceToolSpec", _SALESFORCE)}
        modules[library] = _module(library, spec)
    modules |= {name: _module(name, {}) for name in ("llama_index", "llama_index.tools")}
    for name, module in modules.items():
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(modules[parent], child, module)
    before = {name: sys.modules.get(name) for name in modules}
    sys.modules.update(modules)
    try:
        yield seen
    finally:
        for name, known in before.items():
            if known is None:
                del sys.modules[name]
            else:
                sys.modules[name] = known


def _module(name: str, names: Mapping[str, object]) -> types.ModuleType:
    module = types.ModuleType(name)
    module.__path__ = []
    vars(module).update(names)
    return module


def _class(seen: list[Login], library: str, name: str, signature: inspect.Signature) -> type[Anything]:
    def __init__(self: Anything, *arguments: object, **options: object) -> None:  # noqa: N807 - it becomes one
        Anything.__init__(self)
        seen.append(Login(library, name, signature.bind(*arguments, **options).arguments))

    return type(name, (Anything,), {"__init__": __init__})


def _function(
    seen: list[Login], library: str, name: str, signature: inspect.Signature
) -> Callable[..., tuple[str, str]]:
    def login(*arguments: object, **options: object) -> tuple[str, str]:
        seen.append(Login(library, name, signature.bind(*arguments, **options).arguments))
        return "session", "acme.my.salesforce.com"

    return login
