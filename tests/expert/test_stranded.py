"""Vehicles that stand for good are passed after some patience, queues are not."""

from dataclasses import replace

import numpy as np
import pytest
from rolling import roll
from scenes import GREEN, RED, actors, briefing, car, ego, index, route, scene, seen
from situations import clearance

from lead.expert.decision import Cause
from lead.expert.rules.passing import PassingMemory, ask
from lead.expert.rules.passing.stranded import (
    PATIENCE,
    PATIENCE_AT_JUNCTION,
    PATIENCE_IN_SITUATION,
    ROOM,
    STRANDED,
    STRANDED_TWO_WAYS,
    Standstill,
    stranded,
)
from lead.expert.scene import LOST, Side
from lead.expert.settings import ALIGNED, PRIVILEGED

AT = 100.0  # m, of the vehicle that stands
BEHIND = 8.2  # m


def waited(seconds, *others, way=None, gap=BEHIND, speed=0.0, standing=0.0, briefings=(), aside=0.0, **more):
    """Ids given up by an ego that has stood so long `gap` m behind a vehicle, and whom it waits behind."""
    way = way if way is not None else route(300.0)
    here = scene(
        way, ego(way, AT - gap, speed), actors(car(way, AT, aside, standing, id=7), *others), time=50.0 + seconds,
        briefings=briefings, **more,
    )  # fmt: skip
    after = stranded(seen(here), Standstill(7, 50.0))
    return {actor for told in after.given_up for actor in told.ids}, after.vehicle


@pytest.mark.parametrize("late, given_up", [(-0.1, set()), (0.1, {7})])
def test_patience_ends(late, given_up):
    assert waited(PATIENCE + late)[0] == given_up
    ahead = {"stops": (120.0,)}, {"junctions": ((120.0, 140.0),)}
    for more in ahead:
        assert waited(PATIENCE_AT_JUNCTION + late, way=route(300.0, **more))[0] == given_up


def test_the_patience_begins_when_the_ego_stands_behind_it():
    way = route(300.0)
    here = scene(way, ego(way, AT - BEHIND), actors(car(way, AT, id=7)), time=80.0)
    assert stranded(seen(here), Standstill()) == Standstill(7, 80.0)
    assert stranded(seen(here), Standstill(8, 10.0)) == Standstill(7, 80.0)


@pytest.mark.parametrize(
    "more, stands_behind", [
        ({}, True), ({"gap": 14.9}, True), ({"gap": 15.1}, False), ({"speed": 0.9}, True), ({"speed": 1.1}, False),
        ({"standing": 0.05}, True), ({"standing": 0.2}, False), ({"aside": 1.7}, True), ({"aside": 1.8}, False),
    ],
)  # fmt: skip
def test_behind_whom_the_ego_stands(more, stands_behind):
    assert waited(1.0, **more)[1] == (7 if stands_behind else LOST)


def test_a_queue_is_waited_in():
    assert waited(99.0, car(route(300.0), AT + 14.9, id=9))[0] == set()
    assert waited(99.0, car(route(300.0), AT + 15.1, id=9))[0] == {7}


@pytest.mark.parametrize("state, given_up", [(RED, set()), (GREEN, {7})])
def test_before_a_red_light_everybody_waits(state, given_up):
    assert waited(99.0, way=route(300.0, lights=(AT + 59.0,)), light_state=(state,))[0] == given_up
    assert waited(99.0, way=route(300.0, lights=(AT + 61.0,)), light_state=(state,))[0] == {7}


def test_those_of_situations_and_those_without_a_lane_beside_are_waited_for():
    blocked = (briefing("BlockedIntersection", 7),)
    for late, given_up in ((-0.1, set()), (0.1, {7})):
        assert waited(PATIENCE_IN_SITUATION + late, briefings=blocked)[0] == given_up
    accident = (briefing("Accident", 7, beside=np.zeros((9, 3))),)
    assert waited(99.0, briefings=accident)[0] == set()  # the way round it is laid already
    for left, right, given_up in (
        (Side.NONE, Side.NONE, set()), (Side.NONE, Side.OPPOSITE, set()), (Side.NONE, Side.SAME, {7}),
        (Side.OPPOSITE, Side.NONE, {7}),
    ):  # fmt: skip
        assert waited(99.0, way=route(300.0, left=left, right=right))[0] == given_up


@pytest.mark.parametrize("away, side", [(ROOM + 0.1, "left"), (ROOM - 0.1, None)])
def test_a_lane_that_narrows_is_not_passed_on(away, side):
    """The lane of the ego's direction to the right ends; then it has to be the oncoming one."""
    way = route(300.0, left=Side.OPPOSITE, right=Side.SAME)
    way.right[index(AT + 5.0) :] = away
    here = scene(way, ego(way, AT - BEHIND), actors(car(way, AT, id=7)), time=100.0)
    (told,) = stranded(seen(here), Standstill(7, 50.0)).given_up
    assert (told.type, told.direction) == ((STRANDED, "left") if side else (STRANDED_TWO_WAYS, "right"))


def test_who_drives_on_is_no_longer_given_up():
    way = route(300.0)
    given_up = (briefing(STRANDED, 7),)
    for speed, kept in ((0.9, given_up), (1.1, ())):
        here = scene(way, ego(way, AT - BEHIND), actors(car(way, AT, speed=speed, id=7)))
        assert stranded(seen(here), Standstill(given_up=given_up)).given_up == kept


@pytest.mark.parametrize("left, settings", [(Side.SAME, PRIVILEGED), (Side.OPPOSITE, ALIGNED)])
def test_the_ego_drives_round_it_and_comes_back(left, settings):
    way = route(300.0, left=left)
    here = scene(way, ego(way, 85.0, limit=10.0), actors(car(way, AT, id=7)))
    scenes, decisions, _ = roll(here, settings, 600)
    assert clearance(scenes) > 0.2
    assert scenes[-1].ego.pose[0] > AT + 30.0 and abs(scenes[-1].ego.pose[1]) < 0.3
    assert any(decision.changed_route for decision in decisions)


def test_it_can_be_switched_off():
    way = route(300.0)
    here = scene(way, ego(way, AT - BEHIND), actors(car(way, AT, id=7)), time=99.0)
    memory = PassingMemory(standstill=Standstill(7, 50.0))
    for switched, laid in ((True, 1), (False, 0)):
        asked = ask(seen(here, replace(PRIVILEGED, standing_passed=switched)), memory)
        assert len(asked.shifts) == laid


def test_it_waits_for_who_comes_on_the_lane_beside():
    way = route(300.0, left=Side.OPPOSITE)
    memory = PassingMemory(standstill=Standstill(given_up=(briefing(STRANDED_TWO_WAYS, 7),)))
    oncoming = car(way, AT + 40.0, -3.5, 10.0, turned=3.14159, id=9)
    for others, waits in (((), False), ((oncoming,), True)):
        here = scene(way, ego(way, AT - BEHIND), actors(car(way, AT, id=7), *others), time=50.0)
        first = ask(seen(here), memory).memory
        asked = ask(seen(replace(here, time=60.0)), first)
        assert (Cause.ONCOMING in {proposal.cause for proposal in asked.proposals}) is waits
        assert asked.shifts[0].start >= index(AT - BEHIND)
