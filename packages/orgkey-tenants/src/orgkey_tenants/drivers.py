"""What carries the protocol's steps out: in this thread, or for a task. Both run the same source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Generator

    from orgkey_tenants.steps import Ports, Step

__all__ = ["drive", "drive_async"]


def drive(protocol: Generator[Step, Any, Any], ports: Ports) -> Any:
    """Carry the steps out one after the other, and return what the protocol returns."""
    step = next(protocol)
    while True:
        try:
            try:
                result = step.perform(ports)
            except Exception as error:  # noqa: BLE001  # whatever a step raises is the protocol's to judge
                step = protocol.throw(error)
            else:
                step = protocol.send(result)
        except StopIteration as done:
            return done.value


async def drive_async(protocol: Generator[Step, Any, Any], ports: Ports) -> Any:
    """As :func:`drive`, for a task: each step on a thread, and all of them shielded from the task's cancellation.

    Whoever is cancelled stops waiting. The refresh goes on to its end: between sending and storing it must not stop.
    """
    import asyncio

    running = asyncio.ensure_future(_steps(protocol, ports))
    _RUNNING.add(running)  # the loop itself holds tasks weakly
    running.add_done_callback(_RUNNING.discard)
    return await asyncio.shield(running)


_RUNNING: set[Any] = set()


async def _steps(protocol: Generator[Step, Any, Any], ports: Ports) -> Any:
    import asyncio

    step = next(protocol)
    while True:
        try:
            try:
                result = await asyncio.to_thread(step.perform, ports)
            except Exception as error:  # noqa: BLE001  # as above
                step = protocol.throw(error)
            else:
                step = protocol.send(result)
        except StopIteration as done:
            return done.value
