"""Who stands across the ego's way does not hold it for ever."""

from math import pi

import pytest
from rolling import roll
from scenes import GREEN, RED, actors, briefing, car, ego, route, scene, seen
from situations import clearance

from lead.expert.rules.passing.standoff import PATIENCE, Standoff, standoff
from lead.expert.scene import LOST, Side
from lead.expert.settings import ALIGNED, PRIVILEGED

AT = 60.0  # m, of the vehicle that stands across
NOSE = 0.5  # m to the left of the way's middle where its front is, so that it has to be passed on the right
JUNCTION = route(200.0, left=Side.NONE, junctions=((45.0, 80.0),))


def across(nose=NOSE, turned=pi / 2, speed=0.0, at=AT):
    return car(JUNCTION, at, -nose - 2.4, speed, turned, id=7)


def judged(*others, way=JUNCTION, speed=0.0, since=0.0, time=PATIENCE, at=AT - 8.0, **more):
    here = scene(way, ego(way, at, speed), actors(*others), time=time, **more)
    return standoff(seen(here), Standoff(7, since))


@pytest.mark.parametrize("late, laid", [(-0.1, False), (0.1, True)])
def test_patience_ends(late, laid):
    memory, shift = judged(across(), time=PATIENCE + late)
    assert (shift is not None) is laid
    assert memory == (Standoff(7, PATIENCE + late) if laid else Standoff(7, 0.0))


def test_the_way_goes_round_its_nose_by_no_more_than_it_takes():
    _, shift = judged(across())
    assert not shift.left and shift.offset == 1.5  # half the ego's width and some room, less half a metre
    assert judged(across(nose=0.0))[1].offset == 2.0
    assert judged(across(nose=-3.5))[1].left  # it covers the way on the right: behind its tail


@pytest.mark.parametrize(
    "more, waits", [
        ({"speed": 0.9}, True), ({"speed": 1.1}, False), ({"at": AT - 15.5}, False), ({"at": AT - 14.0}, True),
        ({"briefings": (briefing("BlockedIntersection", 7),)}, False),
    ],
)  # fmt: skip
def test_who_is_waited_for(more, waits):
    assert judged(across(), **more)[0].vehicle == (7 if waits else LOST)


def test_only_for_those_who_stand_across():
    assert judged(across(speed=0.2))[1] is None
    assert judged(across(nose=1.6))[0].vehicle == LOST  # it leaves room
    assert judged(car(JUNCTION, AT, 0.0, 0.0, id=7))[0].vehicle == LOST  # it is waited behind


@pytest.mark.parametrize("state, waits", [(RED, False), (GREEN, True)])
def test_not_before_a_light(state, waits):
    way = route(200.0, left=Side.NONE, junctions=((45.0, 80.0),), lights=(AT + 5.0,))
    assert (judged(across(), way=way, light_state=(state,))[1] is not None) is waits


def test_outside_junctions_the_lane_is_not_left():
    assert judged(across(), way=route(200.0, left=Side.NONE))[1] is None
    assert judged(across(), way=route(200.0, left=Side.NONE, right=Side.SAME))[1] is not None


@pytest.mark.parametrize("settings", [PRIVILEGED, ALIGNED])
def test_the_ego_drives_on(settings):
    here = scene(JUNCTION, ego(JUNCTION, 40.0, 5.0), actors(across()))
    scenes, _, _ = roll(here, settings, 600)
    assert clearance(scenes) > 0.1
    assert scenes[-1].ego.pose[0] > AT + 10.0


def test_behind_a_junction_it_has_to_be_back_in_its_lane():
    for end, laid in ((AT + 20.0, True), (AT + 3.0, False)):
        way = route(200.0, left=Side.NONE, junctions=((45.0, end),))
        assert (judged(across(), way=way)[1] is not None) is laid
