"""However many calls start at once, the loop gets its turn in between."""

from __future__ import annotations

import asyncio

from orgkey_records import pools
from orgkey_records.turns import Turns


async def test_only_so_many_begin_in_one_turn_and_all_in_the_end():
    turns, begun, seen = Turns(asyncio.get_running_loop()), 0, []

    async def call() -> None:
        nonlocal begun
        await turns.mine()
        begun += 1

    calls = [asyncio.create_task(call()) for _ in range(100)]
    while begun < 100:
        await asyncio.sleep(0)
        seen.append(begun)
    steps = [after - before for before, after in zip([0, *seen], seen, strict=False)]
    assert max(steps) <= 32  # those that came and those that were let in may fall together
    assert len([step for step in steps if step]) >= 4
    await asyncio.gather(*calls)


async def test_one_that_is_cancelled_while_it_waits_holds_nobody_up():
    turns = Turns(asyncio.get_running_loop())
    calls = [asyncio.create_task(turns.mine()) for _ in range(60)]
    await asyncio.sleep(0)
    for call in calls[20:40]:
        call.cancel()
    done = await asyncio.wait_for(asyncio.gather(*calls, return_exceptions=True), 5)
    assert sum(isinstance(each, asyncio.CancelledError) for each in done) == 20
    await asyncio.wait_for(turns.mine(), 5)


def test_connections_of_a_loop_that_is_gone_are_forgotten(shared_records):
    for _ in range(4):
        assert asyncio.run(shared_records.twin.soql("SELECT Id FROM Contact LIMIT 1")).total == 1
    assert len([shards for shards in pools._for_loops.values() if shards.loop.is_closed()]) <= 1


def test_few_calls_share_few_connections(shared_records):
    async def one_after_the_other() -> int:
        for _ in range(20):
            await shared_records.twin.soql("SELECT Id FROM Contact LIMIT 1")
        (shards,) = [each for each in pools._for_loops.values() if each.loop is asyncio.get_running_loop()]
        return sum(bool(shard.client._transport._pool.connections) for shard in shards._shards)

    assert asyncio.run(one_after_the_other()) == 1
