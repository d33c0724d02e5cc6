"""The way round an obstacle on a lane of one's own direction."""

from dataclasses import replace

import pytest
from scenes import car, ego, seen
from situations import AT, approach
from way_round import WAY

from lead.expert.decision import Cause, Proposal
from lead.expert.idm import target_speed
from lead.expert.memory import Memory
from lead.expert.rules import passing
from lead.expert.rules.passing import Manoeuvre, PassingMemory, Stage
from lead.expert.scene import Actors

# -- the lane of one's own direction --------------------------------------------------------------------------------


def changes(*others: Actors, waited: float = 0.0, speed: float = 8.0) -> bool:
    here = approach("HazardAtSideLane", *others, at=AT - 12.0, speed=speed, time=50.0)
    memory = PassingMemory((Manoeuvre(here.briefings[0].name, waiting=50.0 - waited),))
    return bool(passing.ask(seen(here), memory).shifts)


def test_the_lane_beside_is_changed_to_when_nobody_is_there_or_would_be_soon():
    here, lengths = AT - 12.0, 2.4 + 2.44619
    for sign in (1.0, -1.0):
        for closing, metres in ((0.0, 1.5), (4.0, 1.5 + 4.0 * 1.5), (-4.0, 1.5)):
            for more, free in ((0.2, True), (-0.2, False)):
                other = car(WAY, here + sign * (lengths + metres + more), -3.5, 8.0 - sign * closing, id=50)
                assert changes(other) == free
    assert not changes(car(WAY, here, -3.5, 8.0, id=50))
    assert changes(car(WAY, here, -7.5, 8.0, id=50)) and changes(car(WAY, here, 3.5, 8.0, id=50))


def test_who_has_waited_long_takes_a_smaller_gap_but_nobody_is_cut_off():
    for waited, seconds in ((10.0, 1.5), (25.0, 0.85), (40.0, 0.2), (400.0, 0.2)):
        for more, free in ((0.2, True), (-0.2, False)):
            other = car(WAY, AT - 12.0 - 4.84619 - 1.5 - seconds * 4.0 - more, -3.5, 12.0, id=50)
            assert changes(other, waited=waited) == free
    assert not changes(car(WAY, AT - 12.0, -3.5, 8.0, id=50), waited=1000.0)


def changing(*others: Actors, at: float, speed: float = 6.0) -> tuple[Manoeuvre, tuple[Proposal, ...]]:
    """At the begin (AT - 13.6 m) of the way round a parked car."""
    here = approach("ParkedObstacle", *others, at=AT - 30.0, speed=speed, time=20.0)
    first = passing.ask(seen(here), PassingMemory())
    here = replace(here, ego=ego(here.route, at, speed, limit=13.9))
    result = passing.ask(seen(here, memory=Memory(shifts=first.shifts)), first.memory)
    return result.memory.manoeuvres[0], result.proposals


def test_a_lane_change_waits_before_the_lane_until_it_is_free_and_is_not_broken_off_then():
    begin = AT - 13.6
    close = car(WAY, begin - 6.0, -3.5, 9.0, id=50)
    for at, stage in ((begin - 8.3, Stage.APPROACHING), (begin - 7.7, Stage.OVERTAKING)):
        assert changing(at=at)[0].stage is stage
    for at, stage in ((begin - 12.2, Stage.APPROACHING), (begin - 11.8, Stage.OVERTAKING)):
        assert changing(at=at, speed=12.0)[0].stage is stage
    manoeuvre, (proposal,) = changing(close, at=begin - 4.0)
    assert manoeuvre.stage is Stage.APPROACHING and proposal.cause is Cause.OBSTACLE
    wanted = target_speed(seen(approach("ParkedObstacle")).limit, 6.0, proposal.distance, 0.0, 2.0, 0.1)
    assert proposal.target_speed == pytest.approx(wanted, rel=0.05)
    assert proposal.distance == pytest.approx(5.0, abs=0.11)
    going = PassingMemory((replace(manoeuvre, stage=Stage.OVERTAKING),))
    here = approach("ParkedObstacle", close, at=begin + 2.0, speed=6.0, time=20.0)
    assert passing.ask(seen(here, memory=Memory(shifts=(manoeuvre.shift,))), going).proposals == ()
