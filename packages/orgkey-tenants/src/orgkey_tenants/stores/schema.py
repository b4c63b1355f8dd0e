"""The tables of the SQL store."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Double, Index, Integer, LargeBinary, MetaData, String, Table, Text

__all__ = ["AUDIT", "AUTHORIZATIONS", "KEYS", "LOCKS", "METADATA", "REVISION", "STORE", "TENANTS"]

REVISION: Final = "0001"
"""The migration that this version of the package needs."""

METADATA: Final = MetaData()

TENANTS: Final = Table(
    "orgkey_tenants",
    METADATA,
    Column("tenant", String(255), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("cause", Text, nullable=False),
    Column("changed_at", Double, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("grant_name", String(40), nullable=False),
    Column("login_url", Text, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("username", Text, nullable=False),
    Column("audience", Text, nullable=False),
    Column("certificate", Text, nullable=False),
    Column("org_id", String(18), nullable=False),
    Column("user_id", String(18), nullable=False),
    Column("instance_url", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("family", String(64), nullable=False),
    Column("generation", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("dek_version", Integer, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("intent_id", String(64)),
    Column("intent_owner", Text),
    Column("intent_deadline", Double),
    Column("intent_probe", Integer),
    Column("failures", Integer, nullable=False),
    Column("last_error", Text, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("last_refresh", Double),
    Column("last_call", Double),
    Column("keepalive_at", Double),
    Column("claimed_until", Double),
    Index("orgkey_tenants_keepalive", "keepalive_at"),
)

AUDIT: Final = Table(
    "orgkey_audit",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("tenant", String(255), nullable=False),
    Column("at", Double, nullable=False),
    Column("actor", Text, nullable=False),
    Column("event", String(60), nullable=False),
    Column("state", String(20), nullable=False),
    Column("cause", Text, nullable=False),
    Column("generation", Integer, nullable=False),
    Index("orgkey_audit_tenant", "tenant", "id"),
)

KEYS: Final = Table(
    "orgkey_data_keys",
    METADATA,
    Column("tenant", String(255), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
    Column("master", Text, nullable=False),
    Column("created_at", Double, nullable=False),
)

AUTHORIZATIONS: Final = Table(
    "orgkey_authorizations",
    METADATA,
    Column("state_hash", String(64), primary_key=True),
    Column("tenant", String(255), nullable=False),
    Column("browser_hash", String(64), nullable=False),
    Column("family", String(64), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("dek_version", Integer, nullable=False),
    Column("login_url", Text, nullable=False),
    Column("redirect_uri", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("expires_at", Double, nullable=False),
    Column("created_by", Text, nullable=False),
)

LOCKS: Final = Table(
    "orgkey_locks",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("expires_at", Double, nullable=False),
)

STORE: Final = Table(
    "orgkey_store",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("epoch", Integer, nullable=False),
)
