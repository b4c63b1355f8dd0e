"""Python code: reading it, what logs in by it, and what becomes of that."""
