"""Salesforce tools and reader for LlamaIndex without a password: drop-in for llama-index-tools-salesforce.

``from orgkey_llama_index import SalesforceToolSpec`` in place of ``from llama_index.tools.salesforce import
SalesforceToolSpec``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orgkey_llama_index.agents import RaisesLostSession
    from orgkey_llama_index.reader import SalesforceReader
    from orgkey_llama_index.records_tool_spec import SalesforceRecordsToolSpec
    from orgkey_llama_index.tool_spec import SalesforceToolSpec

__version__ = "0.1.0"

__all__ = ["RaisesLostSession", "SalesforceReader", "SalesforceRecordsToolSpec", "SalesforceToolSpec", "__version__"]

_HOME = {
    "RaisesLostSession": "agents",
    "SalesforceReader": "reader",
    "SalesforceRecordsToolSpec": "records_tool_spec",
    "SalesforceToolSpec": "tool_spec",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        msg = f"module 'orgkey_llama_index' has no attribute {name!r}"
        raise AttributeError(msg)
    value: object = getattr(import_module(f"orgkey_llama_index.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
