"""The stop for moving walkers and cyclists."""

from dataclasses import replace

import numpy as np
import pytest
from scenes import actors, bicycle, briefing, ego, route, scene, seen, walker

from lead.expert.decision import Cause
from lead.expert.rules.walkers import CROSSINGS, WalkerMemory, ask
from lead.expert.settings import LEAD

WAY = route(150.0)
NOTHING = WalkerMemory()
ACROSS = -np.pi / 2  # from the right side to the left


def asked(*people, type="DynamicObjectCrossing", speed=8.0, memory=NOTHING, settings=LEAD, **more):
    """What is asked by an ego 20 m along the route."""
    told = (briefing(type),) if type else ()
    here = scene(WAY, ego(WAY, 20.0, speed), actors(*people), briefings=told, **more)
    return ask(seen(here, settings), memory)


def stops(*people, **more):
    answer = asked(*people, **more)
    return bool(answer.proposals)


def crossing(at=35.0, aside=3.0, speed=1.5, turned=ACROSS, **more):
    return walker(WAY, at, aside, speed, turned=turned, **more)


@pytest.mark.parametrize("type", sorted(CROSSINGS))
def test_a_walker_who_comes_towards_the_way_is_stopped_for(type):
    (proposal,) = asked(crossing(), type=type).proposals
    assert (proposal.cause, proposal.target_speed, proposal.subject) == (Cause.WALKER_CLOSE, 0.0, 1)
    assert proposal.distance == pytest.approx(15.0, abs=0.2)
    assert not proposal.overrides and not proposal.raises


def test_only_in_situations_about_walkers_and_with_the_switch():
    assert not stops(crossing(), type="Accident")
    assert not stops(crossing(), type=None)
    assert not stops(crossing(), settings=replace(LEAD, cautious_stops=False))


def test_cyclists_count_and_cars_do_not():
    rider = bicycle(WAY, 35.0, 3.0, 1.5, turned=ACROSS)
    assert stops(rider)
    assert not stops(replace(rider, kind=np.zeros(1, np.int8)))


@pytest.mark.parametrize("speed, moves", [(0.24, False), (0.26, True)])
def test_who_never_moved_does_not_stop_the_ego(speed, moves):
    assert stops(crossing(aside=1.0, speed=speed)) is moves


def test_falling_is_not_moving():
    assert not stops(crossing(aside=1.0, speed=0.0, velocity=(0.0, 0.0, -2.0)))


def test_who_has_moved_and_stands_in_the_lane_still_does():
    begun = asked(crossing(aside=1.0)).memory
    assert stops(crossing(aside=1.0, speed=0.0), memory=begun)
    assert not stops(crossing(aside=1.0, speed=0.0))
    assert not stops(crossing(aside=5.0, speed=0.0), memory=begun)


@pytest.mark.parametrize("aside, counts", [(5.9, True), (6.1, False), (-5.9, True), (-6.1, False)])
def test_the_corridor_is_six_metres_wide_on_either_side(aside, counts):
    assert stops(crossing(aside=aside, turned=-np.sign(aside) * np.pi / 2)) is counts


@pytest.mark.parametrize("turned", [0.0, np.pi, np.pi / 2])
@pytest.mark.parametrize("aside, counts", [(2.7, True), (2.8, False)])
def test_who_walks_along_or_away_counts_on_the_lane_and_a_metre_beside_it(turned, aside, counts):
    assert stops(crossing(aside=aside, turned=turned)) is counts
    assert stops(crossing(aside=-aside, turned=-turned)) is counts


@pytest.mark.parametrize("at, counts", [(20.1, True), (19.5, False), (42.0, True), (43.5, False)])
def test_ahead_within_a_calm_stop(at, counts):
    """At 8 m/s that is 8 + 4 + 64 / 6 = 22.7 m."""
    assert stops(crossing(at=at)) is counts


def test_a_stop_that_has_begun_lasts_until_the_way_is_clear():
    begun = asked(crossing(at=40.0)).memory
    assert stops(crossing(at=40.0), speed=0.5, memory=begun)
    assert not stops(crossing(at=40.0), speed=0.5)
    passed = crossing(at=40.0, aside=-3.2)
    assert not stops(passed, speed=0.5, memory=begun)


@pytest.mark.parametrize("points, counts", [(43, False), (44, True)])
def test_an_emergency_stop_needs_fifty_points_per_squared_half_height(points, counts):
    """50 * 0.93^2 = 43.2."""
    person = crossing(evidence=(points, 0, 0))
    assert stops(person) is counts
    assert stops(person, settings=replace(LEAD, stop_pixels=False))


def test_the_nearest_is_named():
    (proposal,) = asked(crossing(at=36.0), crossing(at=31.0), crossing(at=34.0)).proposals
    assert proposal.subject == 2


def test_those_who_are_gone_are_forgotten():
    assert asked(crossing(id=7)).memory.moved == {7}
    assert asked(crossing(id=8), memory=WalkerMemory(frozenset({7}))).memory.moved == {8}
