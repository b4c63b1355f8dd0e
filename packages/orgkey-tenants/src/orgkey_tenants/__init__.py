"""Hundreds of customer orgs: encrypted refresh tokens, rotation-safe refresh, a state for each tenant."""

__version__ = "0.1.0"
