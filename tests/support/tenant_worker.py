"""One worker process of the chaos test: refreshes tenants, one after the other, until it is killed."""

from __future__ import annotations

import json
import os
import random
import sys
from contextlib import suppress
from typing import Any

import orgkey
from orgkey_tenants import Limits, Tenants, TenantsError

LIMITS = Limits(lease=6.0, request=3.0, persist=1.0, skew=0.5, poll=(0.02, 0.1), lock=0.5)


def open_tenants(settings: dict[str, Any]) -> Tenants:
    """The product, as every process of it opens it."""
    return Tenants(
        settings["store"],
        keys=settings["keys"],
        client_id="app",
        lock=settings.get("lock", ""),
        journal=settings["journal"],
        limits=LIMITS,
        http=orgkey.HTTPSettings(connect=1.0, read=2.0, total=3.0),
        allow_loopback_http=True,
        every=0.0,
    )


def main() -> None:
    """Work."""
    settings = json.loads(sys.argv[1])
    tenants = open_tenants(settings)
    chance = random.Random(os.getpid())
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        tenant = chance.choice(settings["tenants"])
        # What a refresh of ours meets is the test's to judge, from the server's and the store's side.
        with suppress(orgkey.TokenRequestError, TenantsError):
            tenants.keep_alive(tenant)


if __name__ == "__main__":
    main()
