"""Setup: everything that an admin and a deployer need for one app, made in one folder."""

from __future__ import annotations

from orgkey.setup.make import make_setup
from orgkey.setup.plan import SetupPlan

__all__ = ["SetupPlan", "make_setup"]
