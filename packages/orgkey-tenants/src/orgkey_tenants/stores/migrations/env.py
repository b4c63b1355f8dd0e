"""Alembic's entry: runs the migrations on the connection that the store hands it."""

from __future__ import annotations

from alembic import context

from orgkey_tenants.stores.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table="orgkey_revision",
    render_as_batch=True,
)
context.run_migrations()
