"""The OAuth endpoints: one module per grant, and the table of everything they refuse with."""
