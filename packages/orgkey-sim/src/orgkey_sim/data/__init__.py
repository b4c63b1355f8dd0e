"""The records of a simulated org: schema, storage, queries, writes. Knows nothing of HTTP."""

from __future__ import annotations

from orgkey_sim.data.errors import ApiError
from orgkey_sim.data.query import Page
from orgkey_sim.data.records import Records
from orgkey_sim.data.schema import Field, SObject

__all__ = ["ApiError", "Field", "Page", "Records", "SObject"]
