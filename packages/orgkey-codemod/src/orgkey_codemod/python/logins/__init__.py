"""What logs in with a password, by a library or by a form of its own, and what takes its place."""
