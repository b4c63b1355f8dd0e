"""LangChain's tools conform: the drop-in, and the toolkit's query tool."""

from __future__ import annotations

import pytest
from conformance import Adapter, Conformance, conformance_world

pytest.importorskip("langchain_core", reason="langchain-core is not installed")

from langchain_core.tools import ToolException

from orgkey_langchain import SalesforceTool, SalesforceToolkit
from orgkey_records import Caps

__all__ = ["conformance_world"]


class TestSalesforceTool(Conformance):
    def make(self, auth, most_rows):
        tool = SalesforceTool(auth=auth)
        return Adapter(
            held=tool,
            ask=lambda query: tool.invoke({"operation": "query", "query": query}),
            aask=lambda query: tool.ainvoke({"operation": "query", "query": query}),
            rows=lambda answer: answer["records"],
            refusals=(ToolException, ValueError),
        )


class TestSalesforceToolThatHandlesErrors(Conformance):
    """With ``handle_tool_error`` a refusal is text for the model. A dead grant must not become that."""

    def make(self, auth, most_rows):
        tool = SalesforceTool(auth=auth, handle_tool_error=True, handle_validation_error=True)
        return Adapter(
            held=tool,
            ask=lambda query: tool.invoke({"operation": "query", "query": query}),
            aask=lambda query: tool.ainvoke({"operation": "query", "query": query}),
            rows=lambda answer: answer["records"],
        )


class TestToolkit(Conformance):
    def make(self, auth, most_rows):
        toolkit = SalesforceToolkit(auth, caps=Caps(rows=most_rows))
        tool = next(tool for tool in toolkit.get_tools() if "query" in tool.args)
        return Adapter(
            held=(toolkit, tool),
            ask=lambda query: tool.invoke({"query": query}),
            aask=lambda query: tool.ainvoke({"query": query}),
            rows=lambda answer: answer["records"],
            notice=lambda answer: answer["notice"],
        )
