"""A tick that fails is told to who asked for it; a sensor that fails harms no other."""

import asyncio

import numpy as np
import pytest

from lead.roads.town import load_town
from lead.server import main
from lead.server.episode import Episode
from lead.server.ticking import Ticker
from lead.server.versions import client_version

MKZ = "vehicle.lincoln.mkz_2020"


@pytest.fixture
def episode():
    return Episode(load_town("GridCity"), client_version("0.9.16"), seed=0)


def broken(*_):
    raise FloatingPointError("a kernel broke")


def cue_in_loop(episode, times: int) -> tuple[list[int], list[str]]:
    """Frames answered and faults told when a synchronous client asks for ticks."""
    frames, faults = [], []

    async def run() -> None:
        episode.settings.synchronous, episode.settings.fixed_step = True, 0.05
        Ticker(episode, 20.0)
        for _ in range(times):
            episode.cue(frames.append, faults.append)

    asyncio.run(run())
    return frames, faults


def test_a_failing_step_is_told_to_who_asked_and_the_next_one_is_tried(episode, monkeypatch):
    monkeypatch.setattr(episode.world, "step", broken)
    frames, faults = cue_in_loop(episode, 2)
    assert frames == [] and len(faults) == 2
    assert all("the simulator failed" in fault and "a kernel broke" in fault for fault in faults)
    monkeypatch.undo()
    frames, faults = cue_in_loop(episode, 1)
    assert frames == [episode.frame] and faults == []


def test_a_failing_sensor_leaves_the_others_their_frame(episode, monkeypatch, caplog):
    sent = []
    episode.streams.has_readers = lambda stream: True
    episode.streams.publish = lambda stream, parts: sent.append(stream)
    car = episode.spawn(([], MKZ, {}), episode.town.spawn_points[0])
    first, second = (episode.spawn(([], "sensor.other.imu", {}), np.zeros(6), car) for _ in range(2))
    monkeypatch.setattr(episode._sensors[first], "measure", broken)
    frame = episode.frame
    assert [episode.tick(0.05) for _ in range(3)] == [frame + 1, frame + 2, frame + 3]
    assert sent.count(episode._sensors[second].stream) == 3
    assert episode._sensors[first].stream not in sent
    assert sum("a kernel broke" in record.exc_text for record in caplog.records if record.exc_text) == 1, "told once"


def test_a_dead_clock_is_an_exit_code(episode, monkeypatch, capsys):
    async def die(_):
        raise RuntimeError("no clock")

    monkeypatch.setattr(main.Ticker, "run", die)
    listener = main._bind(0)
    loop = asyncio.new_event_loop()
    try:
        assert loop.run_until_complete(main._run(episode, listener, 20.0, None)) == 1
    finally:
        loop.close()
    assert capsys.readouterr().out.startswith("ready rpc=")
