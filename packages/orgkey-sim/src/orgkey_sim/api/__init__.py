"""The data APIs of a simulated org, as starlette routes over its records."""
