"""Apps that come by deployment: External Client Apps and Connected Apps, as their metadata describes them.

Element names and values: Metadata API Developer Guide. Which of the disputed shapes an org takes was not checked
against a live one, so all of them are taken: the certificate in either place, permission sets by name or id, a consumer
key that is given or left out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree as ET

from orgkey_sim.data.metadata import NAMESPACE, DeployProblem
from orgkey_sim.keys import load_certificate
from orgkey_sim.login_history import show_app

if TYPE_CHECKING:
    from orgkey_sim.data.metadata import Component, Deployment, Metadata
    from orgkey_sim.model import App, Org

__all__ = ["DeployedApps"]

_ECA_PARTS: Final = (
    "ExtlClntAppGlobalOauthSettings",
    "ExtlClntAppOauthSettings",
    "ExtlClntAppOauthConfigurablePolicies",
    "ExtlClntAppConfigurablePolicies",
)
_SCOPES: Final = {
    "Api": "api",
    "Basic": "id",
    "Chatter": "chatter_api",
    "CustomPermissions": "custom_permissions",
    "Email": "email",
    "Full": "full",
    "MCP": "mcp_api",
    "OpenID": "openid",
    "Profile": "profile",
    "RefreshToken": "refresh_token",
    "SFApiPlatform": "sfap_api",
    "Web": "web",
}


@dataclass(frozen=True, slots=True)
class _Part:
    """The elements of one component, or of none."""

    root: ET.Element | None
    component: Component | None = None

    def text(self, *path: str) -> str:
        """The text down ``path``, or an empty one."""
        element = self.root
        for name in path:
            element = None if element is None else element.find(f"{{{NAMESPACE}}}{name}")
        return "" if element is None else (element.text or "").strip()

    def texts(self, *path: str) -> list[str]:
        """All texts down ``path``; commas separate them too."""
        found = [] if self.root is None else self.root.findall("/".join(f"{{{NAMESPACE}}}{name}" for name in path))
        return [text for each in found for part in (each.text or "").split(",") if (text := part.strip())]

    def flag(self, *path: str) -> bool:
        """Whether the text down ``path`` is true."""
        return self.text(*path).lower() == "true"


class DeployedApps:
    """Makes the apps of one org what its metadata says, after each deployment."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._apps: dict[tuple[str, str], App] = {}

    def register(self, metadata: Metadata) -> None:
        """Take part in the deployments of ``metadata``."""
        metadata.deploy_handlers |= {
            "PermissionSet": _check_permission_set,
            "ConnectedApp": self._check_connected_app,
            "ExternalClientApplication": _check_app,
            "ExtlClntAppGlobalOauthSettings": self._check_part,
            "ExtlClntAppOauthSettings": self._check_part,
            "ExtlClntAppOauthConfigurablePolicies": self._check_policies,
            "ExtlClntAppConfigurablePolicies": self._check_part,
        }
        metadata.deployed.append(self._apply)

    # -- what is refused --------------------------------------------------------------------------------------------

    def _check_part(self, component: Component, deployment: Deployment) -> None:
        part = _Part(component.definition)
        self._require_app(part.text("externalClientApplication"), deployment)
        _check_scopes(part.texts("commaSeparatedOauthScopes"))
        for name in ("certificate", "clientAssertionCertificate"):
            _check_certificate(part.text(name))

    def _check_policies(self, component: Component, deployment: Deployment) -> None:
        self._check_part(component, deployment)
        part = _Part(component.definition)
        self._require_permission_sets(part.texts("commaSeparatedPermissionSet"), deployment)
        user = part.text("clientCredentialsFlowUser")
        if part.flag("isClientCredentialsFlowEnabled") and self._org.user(user) is None:
            raise DeployProblem("Enter a valid execution user for the OAuth client credentials flow.")

    def _check_connected_app(self, component: Component, deployment: Deployment) -> None:
        part = _Part(component.definition)
        if not part.text("contactEmail"):
            raise DeployProblem("Required field is missing: contactEmail")
        _check_scopes(part.texts("oauthConfig", "scopes"))
        _check_certificate(part.text("oauthConfig", "certificate"))
        self._require_permission_sets(part.texts("permissionSetName"), deployment)
        user = part.text("oauthConfig", "oauthClientCredentialUser")
        if user and self._org.user(user) is None:
            raise DeployProblem("Enter a valid execution user for the OAuth client credentials flow.")

    def _require_app(self, name: str, deployment: Deployment) -> None:
        here = {each.full_name for each in deployment.components if each.type == "ExternalClientApplication"}
        if name not in here and self._org.records.metadata.get("ExternalClientApplication", name) is None:
            raise DeployProblem(
                f"In field: externalClientApplication - no ExternalClientApplication named {name} found"
            )

    def _require_permission_sets(self, names: list[str], deployment: Deployment) -> None:
        here = {each.full_name for each in deployment.components if each.type == "PermissionSet"}
        for name in names:
            if name not in here and self._org.permission_set_id(name) is None:
                raise DeployProblem(f"In field: permissionSet - no PermissionSet named {name} found")

    # -- what it does -----------------------------------------------------------------------------------------------

    def _apply(self, deployment: Deployment) -> None:
        metadata = self._org.records.metadata
        for component in deployment.components:
            if component.type == "PermissionSet":
                label = _Part(component.definition).text("label")
                self._org.put_permission_set(component.full_name, label)
        for component in metadata.of_type("ExternalClientApplication"):
            parts = {name: self._part_of(metadata, name, component.full_name) for name in _ECA_PARTS}
            if parts["ExtlClntAppGlobalOauthSettings"].root is not None:
                keyed = parts["ExtlClntAppGlobalOauthSettings"]
                self._show_key(keyed, self._make("eca", component, _eca_settings(component, parts), keyed))
        for component in metadata.of_type("ConnectedApp"):
            part = _Part(component.definition, component)
            self._show_key(part, self._make("connected_app", component, _connected_app_settings(part), part))

    def _part_of(self, metadata: Metadata, type_name: str, app: str) -> _Part:
        parts = (_Part(each.definition, each) for each in metadata.of_type(type_name))
        return next((part for part in parts if part.text("externalClientApplication") == app), _Part(None))

    def _make(self, kind: Any, component: Component, settings: dict[str, Any], keyed: _Part) -> App:
        org = self._org
        app = self._apps.get((kind, component.full_name))
        if app is None or app.client_id not in org.apps:
            consumer_key = keyed.text("consumerKey") or keyed.text("oauthConfig", "consumerKey") or None
            app = org.create_app(component.full_name, kind=kind, flows=(), client_id=consumer_key)
            self._apps[kind, component.full_name] = app
        user = org.user(settings.pop("run_as_username"))
        app.run_as = user
        certificate = settings.pop("certificate")
        if certificate:
            app.replace_certificate(certificate)
        for name, value in settings.items():
            setattr(app, name, value)
        show_app(app)
        return app

    def _show_key(self, part: _Part, app: App) -> None:
        """Put the consumer key into the component, for whoever retrieves it; the secret is on no page but Setup's."""
        if part.root is None or part.component is None or app.client_id in "".join(part.root.itertext()):
            return
        oauth = part.root.find(f"{{{NAMESPACE}}}oauthConfig")
        ET.SubElement(part.root if oauth is None else oauth, f"{{{NAMESPACE}}}consumerKey").text = app.client_id
        content = ET.tostring(part.root, "utf-8", xml_declaration=True, default_namespace=NAMESPACE)
        self._org.records.metadata.put(replace(part.component, content=content))


def _eca_settings(component: Component, parts: dict[str, _Part]) -> dict[str, Any]:
    shared, own, oauth, general = (parts[name] for name in _ECA_PARTS)
    certificate = shared.text("certificate") or own.text("clientAssertionCertificate")
    by_secret = shared.flag("isClientCredentialsFlowEnabled") and oauth.flag("isClientCredentialsFlowEnabled")
    return {
        "name": _Part(component.definition).text("label"),
        "scopes": _scopes(own.texts("commaSeparatedOauthScopes")),
        "callback_urls": tuple(shared.text("callbackUrl").split()),
        "pkce_required": shared.flag("isPkceRequired"),
        "secret_required": not shared.flag("isConsumerSecretOptional"),
        "rotates_refresh_tokens": shared.flag("isRefreshTokenRotationEnabled"),
        "flows": _flows(certificate, by_secret=by_secret),
        "certificate": certificate,
        "run_as_username": oauth.text("clientCredentialsFlowUser"),
        "session_minutes": float(oauth.text("sessionTimeoutInMinutes") or 0) or None,
        "relax_ip": oauth.text("ipRelaxationPolicyType") not in {"", "Enforce"},
        "blocked": general.root is not None and not general.flag("isEnabled"),
        **_admission(
            oauth.text("permittedUsersPolicyType") == "AdminApprovedPreAuthorized",
            oauth.texts("commaSeparatedPermissionSet"),
        ),
    }


def _connected_app_settings(part: _Part) -> dict[str, Any]:
    certificate = part.text("oauthConfig", "certificate")
    return {
        "name": part.text("label"),
        "scopes": _scopes(part.texts("oauthConfig", "scopes")),
        "callback_urls": tuple(part.text("oauthConfig", "callbackUrl").split()),
        "pkce_required": part.flag("oauthConfig", "isPkceRequired"),
        "secret_required": not part.flag("oauthConfig", "isConsumerSecretOptional"),
        "rotates_refresh_tokens": part.flag("oauthConfig", "isRefreshTokenRotationEnabled"),
        "flows": _flows(certificate, by_secret=part.flag("oauthConfig", "isClientCredentialEnabled")),
        "certificate": certificate,
        "run_as_username": part.text("oauthConfig", "oauthClientCredentialUser"),
        "session_minutes": float(part.text("sessionPolicy", "sessionTimeout") or 0) or None,
        "relax_ip": part.text("oauthPolicy", "ipRelaxation") not in {"", "ENFORCE"},
        **_admission(part.flag("oauthConfig", "isAdminApproved"), part.texts("permissionSetName")),
    }


def _admission(admin_approved: bool, permission_sets: list[str]) -> dict[str, Any]:
    if not admin_approved:
        return {"permitted_users": "all_users", "approved": set(), "permission_sets": ()}
    return {"permitted_users": "admin_approved", "approved": set(), "permission_sets": tuple(permission_sets)}


def _flows(certificate: str, *, by_secret: bool) -> set[str]:
    return ({"jwt_bearer"} if certificate else set()) | ({"client_credentials"} if by_secret else set())


def _scopes(tokens: list[str]) -> frozenset[str]:
    return frozenset(_SCOPES[token] for token in tokens)


def _check_scopes(tokens: list[str]) -> None:
    for token in tokens:
        if token not in _SCOPES:
            raise DeployProblem(f"'{token}' is not a valid value for the enum 'OauthScopes'")


def _check_certificate(text: str) -> None:
    if text:
        try:
            load_certificate(text)
        except ValueError as error:
            raise DeployProblem(f"Invalid certificate: {error}") from None


def _check_app(component: Component, _: Deployment) -> None:
    part = _Part(component.definition)
    for name in ("contactEmail", "distributionState", "label"):
        if not part.text(name):
            raise DeployProblem(f"Required field is missing: {name}")


def _check_permission_set(component: Component, _: Deployment) -> None:
    if not _Part(component.definition).text("label"):
        raise DeployProblem("Required field is missing: label")
