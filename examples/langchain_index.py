"""Keeps a search index of Salesforce records up to date.

    python langchain_index.py STATE_FILE "what to look for"

Run it again, and only records that are new or changed since are read. Settings are orgkey's. The embedding is a
stand-in that needs no model: put your own in its place.
"""

import sys

from langchain_core.embeddings import DeterministicFakeEmbedding
from langchain_core.vectorstores import InMemoryVectorStore

from orgkey_langchain import SalesforceLoader


def main(state_file: str, question: str) -> None:
    """Read what is new, put it into the index, and look something up."""
    index = InMemoryVectorStore(DeterministicFakeEmbedding(size=64))
    loader = SalesforceLoader("Contact", ["Name", "Title", "Email"], ["Account.Name"], watermark=state_file)
    documents = loader.load()
    index.add_documents(documents)
    print(f"{len(documents)} records are new or changed")
    for document in index.similarity_search(question, k=1):
        print(f"{document.page_content.splitlines()[0]} ({document.metadata['url']})")


if __name__ == "__main__":
    main(*sys.argv[1:])
