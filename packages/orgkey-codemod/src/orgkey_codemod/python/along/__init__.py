"""What goes along with a login: what fed it, what asked for its secrets, and what asks for a token by hand."""
