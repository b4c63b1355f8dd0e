"""Salesforce tools and loader for LangChain without a password: drop-in for langchain-salesforce."""

__version__ = "0.1.0"
