"""Salesforce tools and loader for LangChain without a password: drop-in for langchain-salesforce.

``from orgkey_langchain import SalesforceTool`` in place of ``from langchain_salesforce import SalesforceTool``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orgkey_langchain.errors import ToolInputRefused
    from orgkey_langchain.loader import SalesforceLoader
    from orgkey_langchain.schema import SalesforceQueryInput
    from orgkey_langchain.tool import SalesforceTool
    from orgkey_langchain.toolkit import SalesforceToolkit

__version__ = "0.1.0"

__all__ = [
    "SalesforceLoader",
    "SalesforceQueryInput",
    "SalesforceTool",
    "SalesforceToolkit",
    "ToolInputRefused",
    "__version__",
]

_HOME = {
    "SalesforceLoader": "loader",
    "SalesforceQueryInput": "schema",
    "SalesforceTool": "tool",
    "SalesforceToolkit": "toolkit",
    "ToolInputRefused": "errors",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        msg = f"module 'orgkey_langchain' has no attribute {name!r}"
        raise AttributeError(msg)
    value: object = getattr(import_module(f"orgkey_langchain.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
