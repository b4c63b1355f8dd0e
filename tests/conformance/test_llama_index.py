"""LlamaIndex's tools conform, as its agents call them."""

from __future__ import annotations

import pytest
from conformance import Adapter, Conformance, conformance_world

pytest.importorskip("llama_index.core", reason="llama-index-core is not installed")

import llama_index_loaded  # noqa: F401  # before anything else loads it

from orgkey_llama_index import SalesforceRecordsToolSpec, SalesforceToolSpec
from orgkey_records import Caps

__all__ = ["conformance_world"]


def adapter_of(spec, **more):
    (tool,) = spec.to_tool_list(["execute_soql"])

    async def aask(query):
        return (await tool.acall(query=query)).raw_output

    return Adapter(
        held=(spec, tool),
        ask=lambda query: tool.call(query=query).raw_output,
        aask=aask,
        rows=lambda answer: answer["records"],
        **more,
    )


class TestSalesforceToolSpec(Conformance):
    def make(self, auth, most_rows):
        return adapter_of(SalesforceToolSpec(auth=auth))


class TestSalesforceRecordsToolSpec(Conformance):
    def make(self, auth, most_rows):
        spec = SalesforceRecordsToolSpec(auth, caps=Caps(rows=most_rows))
        return adapter_of(spec, notice=lambda answer: answer["notice"])
