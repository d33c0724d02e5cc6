"""Stop signs: where to stop, for how long, and that it is done once."""

from dataclasses import replace

import pytest
from rolling import roll
from scenes import ego, index, route, scene, seen

from lead.expert.decision import Cause
from lead.expert.idm import target_speed
from lead.expert.rules.stop_signs import StopMemory, ask
from lead.expert.settings import PRIVILEGED

PLAIN = replace(PRIVILEGED, limit_factor=1.0)
REAL = replace(PLAIN, real_stop=True)
WAY = route(300.0, stops=(150.0, 200.0))


def asked(at, speed=0.0, memory=None, settings=REAL):
    here = scene(WAY, ego(WAY, at, speed, limit=10.0))
    return ask(seen(here, settings), memory if memory is not None else StopMemory())


def stood(at, ticks, speed=0.0, settings=REAL):
    """The memory after standing somewhere for so many ticks."""
    memory = StopMemory()
    for _ in range(ticks):
        memory = asked(at, speed, memory, settings).memory
    return memory


def test_the_next_sign_is_stopped_for():
    (found,) = asked(130.0, 8.0).proposals
    assert found.cause is Cause.STOP_SIGN and found.subject == 9501 and found.distance == pytest.approx(20.0)
    assert found.target_speed == pytest.approx(target_speed(10.0, 8.0, 20.0, 0.0, 2.0, 0.5))
    assert asked(151.0, 8.0).proposals[0].subject == 9502
    assert asked(201.0, 8.0).proposals == ()


def test_a_real_stop_takes_more_than_25_ticks():
    assert not stood(148.0, 25).cleared and asked(148.0, memory=stood(148.0, 24)).proposals
    assert stood(148.0, 26).cleared and asked(148.0, memory=stood(148.0, 25)).proposals == ()


def test_without_it_one_tick_is_enough():
    assert stood(148.0, 1, settings=PLAIN).cleared


@pytest.mark.parametrize("at, speed, counts", [
    (147.2, 0.0, True), (146.9, 0.0, False), (148.0, 0.09, True), (148.0, 0.11, False),
])  # fmt: skip
def test_only_a_stand_near_the_sign_counts(at, speed, counts):
    assert stood(at, 30, speed).cleared is counts


def test_the_stand_is_uninterrupted():
    memory = asked(148.0, 0.5, stood(148.0, 20)).memory
    assert memory.ticks == 0 and not memory.cleared


def test_a_cleared_sign_stays_so_within_10_m():
    cleared = StopMemory(9501, 26, True)
    assert asked(149.0, 5.0, cleared).proposals == ()
    assert asked(140.1, 5.0, cleared).proposals == ()
    assert asked(139.9, 5.0, cleared).proposals
    assert asked(151.0, 5.0, cleared).proposals[0].subject == 9502  # the next one is another


@pytest.mark.parametrize("settings, least", [(REAL, 1.25), (PLAIN, 0.0)])
def test_the_ego_stands_before_the_sign_and_drives_on(settings, least):
    way = route(300.0, stops=(60.0,))
    scenes, _, _ = roll(scene(way, ego(way, 0.0, 8.0, limit=8.0)), settings, 500)
    standing = [here for here in scenes if here.ego.speed < 0.1]
    assert standing and 0.05 * len(standing) > least
    assert all(57.0 < here.ego.pose[0] < 60.0 for here in standing)
    assert scenes[-1].ego.pose[0] > 80.0
    assert index(60.0) == way.stop_index[0]
