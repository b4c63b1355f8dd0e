"""Taking parts of Python code away without touching the rest: arguments, statements, parameters, imports."""
