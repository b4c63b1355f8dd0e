"""An External Client App as metadata: least privilege, disputed elements by their switches.

Types and elements: Metadata API Developer Guide, "ExternalClientApplication" and "ExtlClntApp..."; not checked against
a live org.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orgkey.setup.component import Component, Elements
from orgkey.setup.plan import SCOPES

if TYPE_CHECKING:
    from orgkey.setup.plan import SetupPlan

__all__ = ["CALLBACK_URL", "external_client_app"]

# Every app must name one; neither grant here is ever sent to it.
CALLBACK_URL: Final = "https://login.salesforce.com/services/oauth2/success"

_SESSION_MINUTES: Final = 120
_REFRESH_RULES: Final[Elements] = {
    "refreshTokenPolicyType": "SpecificInactivity",
    "refreshTokenValidityPeriod": 30,
    "refreshTokenValidityUnit": "Days",
}


def external_client_app(plan: SetupPlan, certificate: str | None) -> list[Component]:
    """The app's components. ``certificate`` is PEM, for JWT Bearer."""
    app = plan.developer_name
    return [
        Component("ExternalClientApplication", app, _app(plan)),
        Component("ExtlClntAppGlobalOauthSettings", f"{app}_glbloauth", _global_settings(plan, certificate)),
        Component("ExtlClntAppOauthSettings", f"{app}_oauth", _settings(plan, certificate)),
        Component("ExtlClntAppOauthConfigurablePolicies", f"{app}_oauthPlcy", _oauth_policies(plan)),
        Component("ExtlClntAppConfigurablePolicies", f"{app}_plcy", _policies(plan)),
    ]


def _app(plan: SetupPlan) -> Elements:
    return {
        "contactEmail": plan.contact_email,
        "description": f"Salesforce access for {plan.label}, without a password",
        "distributionState": "Local",
        "isProtected": False,
        "label": plan.label,
    }


def _global_settings(plan: SetupPlan, certificate: str | None) -> Elements:
    in_global = plan.switches["certificate-element"] == "global"
    consumer_key = plan.switches["consumer-key"]
    return {
        "callbackUrl": CALLBACK_URL,
        "certificate": certificate if in_global else None,
        "consumerKey": None if consumer_key == "omit" else consumer_key,
        "externalClientApplication": plan.developer_name,
        "isClientCredentialsFlowEnabled": _client_credentials(plan),
        "isConsumerSecretOptional": False,
        "isPkceRequired": True,
        "isRefreshTokenRotationEnabled": True if plan.refreshes else None,
        "isSecretRequiredForRefreshToken": True,
        "label": f"{plan.label} Global OAuth",
        "shouldRotateConsumerKey": False,
        "shouldRotateConsumerSecret": False,
    }


def _settings(plan: SetupPlan, certificate: str | None) -> Elements:
    in_settings = plan.switches["certificate-element"] == "oauth-settings"
    return {
        "clientAssertionCertificate": certificate if in_settings else None,
        "commaSeparatedOauthScopes": ",".join(SCOPES[scope] for scope in plan.scopes),
        "externalClientApplication": plan.developer_name,
        "label": f"{plan.label} OAuth",
    }


def _oauth_policies(plan: SetupPlan) -> Elements:
    by_metadata = plan.switches["run-as"] == "metadata"
    permission_set = plan.switches["policy-permission-set"]
    return {
        "clientCredentialsFlowUser": plan.username if _client_credentials(plan) and by_metadata else None,
        "commaSeparatedPermissionSet": {"name": plan.permission_set, "omit": None}.get(permission_set, permission_set),
        "externalClientApplication": plan.developer_name,
        "ipRelaxationPolicyType": "Enforce",
        # Without a user beside it the flag is refused.
        "isClientCredentialsFlowEnabled": True if _client_credentials(plan) and by_metadata else None,
        "label": f"{plan.label} OAuth Policies",
        "permittedUsersPolicyType": "AdminApprovedPreAuthorized",
        "sessionTimeoutInMinutes": _SESSION_MINUTES,
        **(_REFRESH_RULES if plan.refreshes else {}),
    }


def _policies(plan: SetupPlan) -> Elements:
    return {
        "externalClientApplication": plan.developer_name,
        "isEnabled": True,
        "isOauthPluginEnabled": True,
        "label": f"{plan.label} Policies",
        "startPage": "None",
    }


def _client_credentials(plan: SetupPlan) -> bool | None:
    return True if plan.grant == "client_credentials" else None
