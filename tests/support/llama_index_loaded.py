"""Loads llama-index-core with its own warnings off: each version warns of what newer pydantics have deprecated."""

from __future__ import annotations

import warnings
from contextlib import suppress

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import llama_index.core.embeddings
    import llama_index.core.ingestion
    import llama_index.core.node_parser
    import llama_index.core.readers.base
    import llama_index.core.tools

    with suppress(ImportError):
        import llama_index.core.agent.workflow
    with suppress(ImportError):
        import llama_index.tools.salesforce

__all__ = ["llama_index"]
