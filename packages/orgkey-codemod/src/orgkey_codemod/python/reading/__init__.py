"""What can be known of Python code without running it: names, imports, calls, and where values come from."""
