"""Migrations of the SQL store, run by alembic."""
