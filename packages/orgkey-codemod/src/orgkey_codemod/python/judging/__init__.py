"""What becomes of each login, and how far its rewrite can be trusted."""
