"""What to set up: the answers that nobody but the user has, checked all at once."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from orgkey.errors import ConfigError, UntrustedHost
from orgkey.org import HostRules, is_generic_login
from orgkey.setup.switches import read_switches

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["API_VERSION", "SCOPES", "SetupPlan"]

# Summer '26. From this version on every element that is written here is in the schema.
API_VERSION: Final = "67.0"

# OAuth scopes by the tokens that the Metadata API calls them.
SCOPES: Final = {
    "api": "Api",
    "refresh_token": "RefreshToken",
    "id": "Basic",
    "openid": "OpenID",
    "profile": "Profile",
    "email": "Email",
    "web": "Web",
    "full": "Full",
    "chatter_api": "Chatter",
    "custom_permissions": "CustomPermissions",
    "sfap_api": "SFApiPlatform",
    "mcp_api": "MCP",
}

_GRANTS: Final = ("jwt_bearer", "client_credentials")
_KINDS: Final = ("external-client-app", "connected-app")
_USERNAME: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_LONGEST_NAME: Final = 64  # the longest common name of a certificate (RFC 5280, upper bounds)
_LONGEST_LIFE: Final = 3650


@dataclass(frozen=True, slots=True)
class SetupPlan:
    """One app to set up.

    Attributes
    ----------
    grant:
        ``jwt_bearer`` or ``client_credentials``.
    org_url:
        The org's My Domain URL.
    app_name:
        The app's label; its developer name is made from it.
    username:
        Who acts: the user that JWT Bearer names, or the Run As user of Client Credentials.
    contact_email:
        Whom Salesforce writes to about the app; the username where left empty.
    kind:
        ``external-client-app``, or ``connected-app`` for orgs that still may make one.
    scopes:
        OAuth scopes of the app.
    certificate_days:
        How many days the certificate is good for.
    switches:
        Values of :data:`~orgkey.setup.switches.SWITCHES`.
    generation:
        1, and one more with each rotation of the certificate.
    allow_loopback_http:
        Permit plain http to this machine: for a local test org.

    Raises :class:`~orgkey.errors.ConfigError` with all that is wrong.

    """

    grant: Literal["jwt_bearer", "client_credentials"]
    org_url: str
    app_name: str
    username: str
    contact_email: str = ""
    kind: Literal["external-client-app", "connected-app"] = "external-client-app"
    scopes: tuple[str, ...] = ("api",)
    api_version: str = API_VERSION
    certificate_days: int = 365
    switches: Mapping[str, str] = field(default_factory=lambda: read_switches(()))
    generation: int = 1
    allow_loopback_http: bool = False

    def __post_init__(self) -> None:
        problems = list(self._problems())
        if problems:
            raise ConfigError(problems)
        rules = HostRules(allow_loopback_http=self.allow_loopback_http)
        object.__setattr__(self, "org_url", str(rules.origin(self.org_url, "The org's URL (--org)")))
        object.__setattr__(self, "contact_email", self.contact_email or self.username)
        object.__setattr__(self, "scopes", tuple(self.scopes))

    def _problems(self) -> Iterator[str]:
        if self.grant not in _GRANTS:
            yield f"The grant (--grant) is {self.grant!r}. It takes jwt or client-credentials."
        if self.kind not in _KINDS:
            yield f"The kind of app (--kind) is {self.kind!r}. It takes {' or '.join(_KINDS)}."
        yield from self._org_problems()
        if not re.search(r"[A-Za-z]", self.app_name) or not self.app_name.isprintable():
            yield f"The app's name (--app-name) is {self.app_name!r}. It takes a name with a letter A to Z in it."
        elif len(self.app_name) > _LONGEST_NAME:
            yield f"The app's name (--app-name) has {len(self.app_name)} characters; at most {_LONGEST_NAME} fit."
        if not _USERNAME.fullmatch(self.username):
            yield (
                f"The username (--username) is {self.username!r}. It is who acts in Salesforce, in the form of an "
                "email address: agent@acme.example"
            )
        if self.contact_email and not _USERNAME.fullmatch(self.contact_email):
            yield f"The contact (--contact-email) is {self.contact_email!r}, which is no email address."
        unknown = [scope for scope in self.scopes if scope not in SCOPES]
        if unknown or not self.scopes:
            yield f"The scopes (--scope) {unknown} are not known here. Known are: {', '.join(SCOPES)}."
        if not re.fullmatch(r"\d{2,3}\.0", self.api_version):
            yield f"The API version (--api-version) is {self.api_version!r}. It looks like {API_VERSION}."
        if not 1 <= self.certificate_days <= _LONGEST_LIFE:
            yield f"The certificate's life (--days) is {self.certificate_days}. It takes 1 to {_LONGEST_LIFE} days."

    def _org_problems(self) -> Iterator[str]:
        try:
            origin = HostRules(allow_loopback_http=self.allow_loopback_http).origin(
                self.org_url, "The org's URL (--org)"
            )
        except UntrustedHost as error:
            yield f"{error}."
            return
        if is_generic_login(origin.host):
            yield (
                f"The org's URL (--org) is {self.org_url}, which belongs to no org. Take the My Domain URL from "
                "Setup > My Domain: https://acme.my.salesforce.com"
            )

    @property
    def label(self) -> str:
        """The app's label; a rotation's app has its number behind it."""
        return self.app_name if self.generation == 1 else f"{self.app_name} {self.generation}"

    @property
    def developer_name(self) -> str:
        """The app's name as metadata knows it: letters, digits and single underscores, a letter first."""
        name = re.sub(r"[^A-Za-z0-9]+", "_", self.label).strip("_")
        return name if name[0].isalpha() else f"App_{name}"

    @property
    def permission_set(self) -> str:
        """Developer name of the permission set whose holders may use the app."""
        return f"{self.developer_name}_Access"

    @property
    def slug(self) -> str:
        """The name in file names: lower case with hyphens."""
        return self.developer_name.lower().replace("_", "-")

    @property
    def uses_key(self) -> bool:
        """Whether the app is known by a key instead of a secret."""
        return self.grant == "jwt_bearer"

    @property
    def refreshes(self) -> bool:
        """Whether refresh tokens are asked for, and so need rules."""
        return "refresh_token" in self.scopes

    def as_dict(self) -> dict[str, Any]:
        """The plan as JSON-ready data; no secret is in it."""
        return asdict(self) | {"scopes": list(self.scopes), "switches": dict(self.switches)}
