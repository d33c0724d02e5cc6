"""Ticks are answered when the client's traffic manager sleeps; one that missed its wake-up is woken."""

import asyncio

import msgpack

from lead.server.lockstep import LONGEST_WAIT, PAUSE, SILENCE, Lockstep

CONNECTION, OTHER = object(), object()
CYCLE = ("get_vehicle_light_states", "get_weather_parameters", "apply_batch", "get_episode_settings")


def timed(scenario) -> list[float]:
    """Run `scenario(lockstep, answered)` on an event loop; returns the seconds after which ticks were answered."""

    async def run() -> list[float]:
        clock = asyncio.get_running_loop().time
        begun, answers = clock(), []
        await scenario(Lockstep(), lambda: answers.append(clock() - begun))
        return answers

    return asyncio.run(run())


def test_a_client_without_traffic_manager_is_answered_at_once():
    async def scenario(lockstep, answered):
        lockstep.host(OTHER, 8000)
        lockstep.answer(CONNECTION, answered)

    assert len(timed(scenario)) == 1


def test_a_tick_waits_for_the_last_call_of_the_cycle():
    async def scenario(lockstep, answered):
        lockstep.host(CONNECTION, 8000)
        for name in CYCLE[:3]:
            lockstep.saw(CONNECTION, name)
        lockstep.answer(CONNECTION, answered)
        await asyncio.sleep(0.05)
        lockstep.saw(CONNECTION, CYCLE[3])
        await asyncio.sleep(0.05)

    (answered,) = timed(scenario)
    assert 0.05 + 0.5 * PAUSE <= answered < LONGEST_WAIT


def test_a_tick_long_after_the_last_call_is_answered_at_once():
    async def scenario(lockstep, answered):
        lockstep.host(CONNECTION, 8000)
        for name in CYCLE:
            lockstep.saw(CONNECTION, name)
        await asyncio.sleep(2 * PAUSE)
        lockstep.answer(CONNECTION, answered)

    assert len(timed(scenario)) == 1


def test_a_tick_right_after_the_last_call_waits():
    async def scenario(lockstep, answered):
        lockstep.host(CONNECTION, 8000)
        for name in CYCLE:
            lockstep.saw(CONNECTION, name)
        lockstep.answer(CONNECTION, answered)

    assert not timed(scenario)


def test_two_traffic_managers_must_both_sleep():
    async def scenario(lockstep, answered):
        lockstep.host(CONNECTION, 8000)
        lockstep.host(CONNECTION, 8001)
        for name in (*CYCLE, *CYCLE[:3]):
            lockstep.saw(CONNECTION, name)
        lockstep.answer(CONNECTION, answered)
        await asyncio.sleep(0.03)
        lockstep.saw(CONNECTION, CYCLE[3])
        await asyncio.sleep(0.03)

    (answered,) = timed(scenario)
    assert answered >= 0.03


def test_a_stopped_traffic_manager_holds_no_tick_for_ever():
    async def scenario(lockstep, answered):
        lockstep.host(CONNECTION, 8000)
        lockstep.saw(CONNECTION, CYCLE[0])
        lockstep.answer(CONNECTION, answered)
        await asyncio.sleep(2 * LONGEST_WAIT)

    (answered,) = timed(scenario)
    assert answered >= 0.9 * LONGEST_WAIT


def test_leaving_answers_the_waiting_tick():
    async def scenario(lockstep, answered):
        lockstep.host(CONNECTION, 8000)
        lockstep.saw(CONNECTION, CYCLE[0])
        lockstep.answer(CONNECTION, answered)
        lockstep.leave(CONNECTION, 8000)
        assert not lockstep

    assert len(timed(scenario)) == 1


def woken(calls_after_tick) -> list[list]:
    """What the traffic manager's port is told when its client makes `calls_after_tick` and then falls silent."""
    heard = []

    async def run() -> None:
        def serve(reader, writer):
            unpacker = msgpack.Unpacker()

            async def read():
                while data := await reader.read(1000):
                    unpacker.feed(data)
                    for message in unpacker:
                        heard.append(message)
                        writer.write(msgpack.packb([1, message[1], None, None]))

            asyncio.get_running_loop().create_task(read())

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        lockstep = Lockstep()
        lockstep.host(CONNECTION, server.sockets[0].getsockname()[1])
        for name in CYCLE:
            lockstep.saw(CONNECTION, name)
        lockstep.answer(CONNECTION, lambda: None)
        await asyncio.sleep(0.05)
        for name in calls_after_tick:
            lockstep.saw(CONNECTION, name)
        await asyncio.sleep(1.5 * SILENCE)
        server.close()

    asyncio.run(run())
    return heard


def test_a_traffic_manager_that_missed_its_tick_is_woken():
    assert [message[2:] for message in woken(())] == [
        ["set_synchronous_mode", [False]],
        ["set_synchronous_mode", [True]],
    ]


def test_one_that_heard_its_tick_is_left_alone():
    assert woken(CYCLE[:1]) == []
