"""Salesforce tools and reader for LlamaIndex without a password: drop-in for llama-index-tools-salesforce."""

__version__ = "0.1.0"
