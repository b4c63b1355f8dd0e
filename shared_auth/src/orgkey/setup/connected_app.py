"""A Connected App as metadata: for orgs that may still make one (none can be made since Spring '26 without Support).

Elements: Metadata API Developer Guide, "ConnectedApp"; Salesforce Help, article 005228017. Not checked against a live
org.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orgkey.setup.component import Component
from orgkey.setup.external_client_app import CALLBACK_URL
from orgkey.setup.plan import SCOPES

if TYPE_CHECKING:
    from orgkey.setup.plan import SetupPlan

__all__ = ["connected_app"]


def connected_app(plan: SetupPlan, certificate: str | None) -> list[Component]:
    """The app's one component. ``certificate`` is PEM, for JWT Bearer."""
    flow = plan.grant == "client_credentials"
    by_metadata = plan.switches["run-as"] == "metadata"
    consumer_key = plan.switches["consumer-key"]
    elements = {
        "contactEmail": plan.contact_email,
        "description": f"Salesforce access for {plan.label}, without a password",
        "label": plan.label,
        "oauthConfig": {
            "callbackUrl": CALLBACK_URL,
            "certificate": certificate,
            "consumerKey": None if consumer_key == "omit" else consumer_key,
            "isAdminApproved": True,
            "isClientCredentialEnabled": True if flow else None,
            "isConsumerSecretOptional": False,
            "isPkceRequired": True,
            "isRefreshTokenRotationEnabled": True if plan.refreshes else None,
            "isSecretRequiredForRefreshToken": True,
            "oauthClientCredentialUser": plan.username if flow and by_metadata else None,
            "scopes": [SCOPES[scope] for scope in plan.scopes],
        },
        "oauthPolicy": {
            "ipRelaxation": "ENFORCE",
            "refreshTokenPolicy": "specific_inactivity:30:DAYS" if plan.refreshes else "zero",
        },
        "permissionSetName": None if plan.switches["policy-permission-set"] == "omit" else [plan.permission_set],
        "sessionPolicy": {"sessionTimeout": 120},
    }
    return [Component("ConnectedApp", plan.developer_name, elements)]  # type: ignore[arg-type]
