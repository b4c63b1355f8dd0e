"""Keeps a LlamaIndex index of Salesforce records up to date.

    python llama_index_index.py STATE_FILE "what to look for"

Run it again, and only records that are new or changed since are read. Settings are orgkey's. The embedding is a
stand-in that needs no model: put your own in its place.
"""

import sys
import warnings

warnings.filterwarnings("ignore", category=DeprecationWarning)  # LlamaIndex's own, of pydantic

from llama_index.core import VectorStoreIndex  # noqa: E402  # after its warnings are off
from llama_index.core.embeddings import MockEmbedding  # noqa: E402
from llama_index.core.ingestion import IngestionPipeline  # noqa: E402

from orgkey_llama_index import SalesforceReader  # noqa: E402


def main(state_file: str, question: str) -> None:
    """Read what is new, put it into the index, and look something up."""
    reader = SalesforceReader(
        objects=["Contact"],
        content=["Name", "Title", "Email"],
        metadata_fields=["Account.Name"],
        watermark_file=state_file,
    )
    embedding = MockEmbedding(embed_dim=8)
    nodes = IngestionPipeline(transformations=[embedding]).run(documents=reader.load_data())
    print(f"{len(nodes)} records are new or changed")
    if not nodes:
        return  # LlamaIndex 0.13.0 looks into no empty index
    for found in VectorStoreIndex(nodes, embed_model=embedding).as_retriever(similarity_top_k=1).retrieve(question):
        print(f"{found.node.get_content().splitlines()[0]} ({found.node.metadata['url']})")


if __name__ == "__main__":
    main(*sys.argv[1:])
