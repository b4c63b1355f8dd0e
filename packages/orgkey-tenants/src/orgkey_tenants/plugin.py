"""What orgkey-tenants registers with the core."""
