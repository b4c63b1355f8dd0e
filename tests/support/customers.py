"""Customers of a product: orgs of the local Salesforce whose admin has consented, and their tenants in a store."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import orgkey
from orgkey_tenants import State, Tenants
from orgkey_tenants.record import Audit, TenantRecord

if TYPE_CHECKING:
    from orgkey_sim import App, Org, World

CLIENT_ID = "3MVG9InventedConsumerKeyOfTheProduct"
CLIENT_SECRET = "canary-client-secret-0123456789abcdef"
_NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Customer:
    """One customer's org, and the product's app in it."""

    tenant: str
    org: Org
    app: App

    def consent(self) -> str:
        """The admin consents: a refresh token that begins a family."""
        user = next(iter(self.org.users.values()))
        token, _, _ = self.org.consents.add_refresh_token(self.app, user, self.app.scopes, self.org.clock.now())
        return token

    def sent(self) -> int:
        """How many refreshes the token endpoint got."""
        return self.org.count(endpoint="token", grant="refresh_token")

    def holds(self, token: orgkey.Secret) -> bool:
        """Whether a refresh token is the one that the server would take next."""
        held = self.org.consents.find(token.reveal())
        return held is not None and not held.spent


def new_customer(world: World, **app: Any) -> Customer:
    """An org with the product's app in it."""
    org = world.create_org(f"customer{next(_NUMBERS)}")
    scopes = {"api", "refresh_token"}
    made = org.create_app(
        "Product", client_id=CLIENT_ID, client_secret=CLIENT_SECRET, scopes=scopes, permitted_users="all_users", **app
    )
    made.approve(next(iter(org.users.values())))
    return Customer(org.name, org, made)


def connect(tenants: Tenants, customer: Customer) -> TenantRecord:
    """Put a customer's first refresh token into the store, as a completed consent does."""
    record = tenants.add(customer.tenant, login_url=customer.org.login_url)
    key = tenants.sealer.newest(customer.tenant)
    family = f"family-of-{customer.tenant}"
    sealed = tenants.sealer.seal(key, orgkey.Secret(customer.consent()), kind="refresh_token", family=family)
    active = replace(
        record,
        state=State.ACTIVE,
        cause="CONSENTED",
        family=family,
        sealed=sealed,
        dek_version=key.version,
        org_id=customer.org.org_id,
        last_refresh=tenants.store.now(),
        keepalive_at=record.next_keepalive(tenants.store.now()),
    )
    audit = Audit(tenant=customer.tenant, at=0.0, actor="test", event="connected", state=State.ACTIVE)
    assert tenants.store.swap(active, audit, version=record.version)
    return tenants.get(customer.tenant)


def stored_token(tenants: Tenants, tenant: str) -> orgkey.Secret:
    """The refresh token that the store holds."""
    return tenants.sealer.open_record(tenants.get(tenant))
