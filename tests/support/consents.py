"""An administrator's browser at a local Salesforce, and the parts a consent is made of: for tests about tenants."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import httpx

import orgkey
from orgkey_tenants.authorization import Consent
from orgkey_tenants.journal import MemoryJournal
from orgkey_tenants.locks import ProcessLock
from orgkey_tenants.seal import Sealer
from orgkey_tenants.steps import Ports
from orgkey_tenants.stores.sql import SQLStore
from orgkey_tenants.wrappers import LocalKeyWrapper

if TYPE_CHECKING:
    from pathlib import Path

    from customers import Customer

    from orgkey_sim import App, Org
    from orgkey_tenants import TenantRecord, Tenants

CALLBACK = "https://saas.example.com/salesforce/callback"
RULES = orgkey.HostRules(allow_loopback_http=True)


def customer_app(org: Org, **settings: object) -> App:
    """The product's app in a customer's org. Its consumer key is the same in all orgs, as of a packaged app."""
    settings = {
        "scopes": {"api", "refresh_token"},
        "callback_urls": [CALLBACK],
        "client_id": "3MVG9.saas",
        "client_secret": "5A" * 32,
        **settings,
    }
    return org.create_app("SaaS", **settings)  # type: ignore[arg-type]  # the caller's own


def make_ports(folder: Path, clock: orgkey.Clock, client_secret: str | None = "5A" * 32) -> Ports:
    """All that a refresh or a consent reaches: a SQLite file, a master key, no lock's server."""
    store = SQLStore(f"sqlite:///{folder / 'tenants.db'}", clock=clock)
    return Ports(
        store=store,
        sealer=Sealer(store, LocalKeyWrapper([bytes(32)]), environment="test", clock=clock),
        lock=ProcessLock(clock),
        journal=MemoryJournal(),
        sender=orgkey.Sender(orgkey.HTTPSettings(), clock),
        rules=RULES,
        client_secret=None if client_secret is None else orgkey.Secret(client_secret),
        clock=clock,
        draw=random.Random(7).random,
    )


def make_consent(ports: Ports, **settings: object) -> Consent:
    """Consents of the app that :func:`customer_app` makes."""
    settings = {"client_id": "3MVG9.saas", "redirect_uri": CALLBACK, **settings}
    return Consent(ports, **settings)  # type: ignore[arg-type]  # the caller's own


def allow(url: str) -> str:
    """Go there as an administrator who is logged in and consents; return the callback URL the browser ends at."""
    answer = httpx.get(url, trust_env=False)
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


def connect_by_consent(tenants: Tenants, customer: Customer) -> TenantRecord:
    """The customer's administrator is sent to the consent page, consents, and comes back."""
    url = tenants.start_authorization(customer.tenant, customer.org.login_url)
    return tenants.complete_authorization(allow(url), browser_cookie=url.browser_cookie)
