"""What decides whether a login runs at all, and the way beside it."""
