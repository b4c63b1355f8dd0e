"""The example's LlamaIndex agent, asked line by line: one answer a line."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from llama_index_agent import make_agent


async def converse() -> None:
    """Answer until there are no more questions."""
    agent = make_agent()
    while question := await asyncio.to_thread(sys.stdin.readline):
        print(" ".join(str(await agent.run(question)).split()), flush=True)


asyncio.run(converse())
