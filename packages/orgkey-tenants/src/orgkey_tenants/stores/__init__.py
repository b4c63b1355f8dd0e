"""Stores of tenants, chosen by the scheme of a URL."""

from __future__ import annotations

from orgkey_tenants.stores.base import Store

__all__ = ["Store"]
