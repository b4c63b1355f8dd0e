"""Find password logins to Salesforce in a repository and rewrite them, safely and fast."""

__version__ = "0.1.0"
