"""RaisesLostSession: for LlamaIndex's agents, which otherwise make text for the model of whatever a tool raises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llama_index.core.tools.types import ToolOutput

from orgkey_llama_index.statements import is_lost_session

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["RaisesLostSession"]


class RaisesLostSession:
    """Ends an agent's run with the exception where no session can be had: no answer of the model's would help.

    ``class Agent(RaisesLostSession, FunctionAgent): ...``, and likewise with ReActAgent, alone or in an AgentWorkflow.
    What a model can act on reaches it as before.

    Raises
    ------
    ImportError
        On making such a class: llama-index-core before 0.14.8 does not tell an agent what a tool raised.

    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not hasattr(ToolOutput, "exception"):
            raise ImportError(
                "RaisesLostSession needs llama-index-core 0.14.8 or later: older ones tell no agent what was raised. "
                "Update it, or look at spec.sf.auth.failure after each run."
            )

    async def handle_tool_call_results(self, ctx: Any, results: Sequence[Any], memory: Any) -> None:
        """As in the agent's class, but for a lost session, which is raised."""
        for result in results:
            error = result.tool_output.exception
            if error is not None and is_lost_session(error):
                raise error
        await super().handle_tool_call_results(ctx, results, memory)  # type: ignore[misc]  # the agent's
