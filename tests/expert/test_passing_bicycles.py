"""The way past bicycles, beside own and oncoming traffic."""

from dataclasses import replace

import pytest
from scenes import actors, bicycle, ego, index, route, seen
from situations import AT, approach
from way_round import NEGOTIATING, PARKED, comes

from lead.expert.decision import Cause, Proposal
from lead.expert.memory import Memory
from lead.expert.path import Shift, shifted
from lead.expert.rules import passing
from lead.expert.rules.passing import Manoeuvre, PassingMemory, Stage
from lead.expert.scene import Actors

# -- bicycles -------------------------------------------------------------------------------------------------------


def test_bicycles_beside_own_traffic_are_passed_when_the_last_is_within_25_metres():
    for away, laid in ((25.2, False), (24.8, True)):
        here = approach("HazardAtSideLane", at=AT + 9.0 - away)
        assert bool(passing.ask(seen(here), PassingMemory()).shifts) == laid


def test_the_way_past_bicycles_grows_with_them_until_they_are_passed():
    here = approach("HazardAtSideLane", at=AT - 14.0)
    first = passing.ask(seen(here), PassingMemory())
    (shift,) = first.shifts
    assert shift.start == index(AT - 14.0) and shift.transition == 8.0 and shift.left
    assert shift.end == pytest.approx(index(AT + 9.0 + 17.0), abs=10)
    pose = here.actors.pose.copy()
    pose[:, 0] += 12.0
    ridden = replace(here, ego=ego(here.route, AT + 10.0, 10.0), actors=replace(here.actors, pose=pose))
    later = passing.ask(seen(ridden), first.memory)
    assert later.shifts[0].start == shift.start
    assert later.shifts[0].end == pytest.approx(index(AT + 9.0 + 12.0 + 17.0), abs=10)
    for at, stage in ((AT + 29.5, Stage.APPROACHING), (AT + 30.5, Stage.DONE)):
        beyond = passing.ask(seen(replace(ridden, ego=ego(here.route, at, 10.0))), later.memory)
        assert beyond.memory.manoeuvres[0].stage is stage


def test_the_way_does_not_grow_any_more_when_the_ego_is_coming_back():
    here = approach("HazardAtSideLane", at=AT - 14.0)
    first = passing.ask(seen(here), PassingMemory())
    (shift,) = first.shifts
    pose = here.actors.pose.copy()
    pose[:, 0] += 4.0
    for at, grows in ((shift.end / 10 - 50.0 - 8.3, True), (shift.end / 10 - 50.0 - 7.7, False)):
        ridden = replace(here, ego=ego(here.route, at, 10.0), actors=replace(here.actors, pose=pose))
        later = passing.ask(seen(ridden, memory=Memory(shifts=first.shifts)), first.memory).shifts[0]
        assert (later.end > shift.end) == grows


def riding(*others: Actors, at: float = AT - 9.0, opened: float = 0.0, speed: float = 2.5, **more) -> Manoeuvre:
    here = approach("HazardAtSideLaneTwoWays", *others, at=at, speed=speed, time=10.0, **more)
    memory = PassingMemory((Manoeuvre(here.briefings[0].name, opened=opened),))
    return passing.ask(seen(here), memory).memory.manoeuvres[0]


def test_bicycles_beside_oncoming_traffic_are_passed_from_ten_metres_when_it_is_open():
    manoeuvre = riding()
    shift = manoeuvre.shift
    assert manoeuvre.stage is Stage.OVERTAKING and shift is not None
    assert (shift.transition, shift.left, shift.start) == (8.0, True, index(AT - 9.0))
    standing_end = riding(riding=0.0).shift.end
    assert standing_end == pytest.approx(index(AT + 9.0 + 9.0 + 8.0), abs=10)
    assert riding(at=AT - 10.3).stage is Stage.APPROACHING
    assert riding(opened=5.6).stage is Stage.APPROACHING


def test_the_gap_for_bicycles_counts_that_they_ride_on():
    way = route(260.0)
    moving, standing = (
        [place for place in range(110, 300) if riding(comes(way, place, 13.0), riding=ride).stage is Stage.OVERTAKING]
        for ride in (4.0, 0.0)
    )
    assert min(moving) > min(standing) + 20.0


def test_another_bicycle_where_the_way_comes_back_is_in_the_way_and_the_situations_own_are_not():
    assert riding(bicycle(route(260.0), AT + 30.0, 0.9, 2.5, id=60)).stage is Stage.APPROACHING
    assert riding(bicycle(route(260.0), AT + 60.0, 0.9, 2.5, id=60)).stage is Stage.OVERTAKING


def returning(oncoming: float, at: float, stage: Stage = Stage.OVERTAKING) -> tuple[Manoeuvre, tuple[Proposal, ...]]:
    """Of an ego that is beside bicycles at AT and farther on, and meets a car so far (m) ahead."""
    here = approach("HazardAtSideLaneTwoWays", comes(route(260.0), at + oncoming, 8.0), at=at, speed=4.0, time=20.0)
    shift = Shift(index(at - 20.0), index(AT + 40.0), 8.0, True, owner=here.briefings[0].name)
    here.ego.pose[:2] = shifted(here.route, (shift,)).points[index(at), :2]
    before = PassingMemory((Manoeuvre(here.briefings[0].name, stage, shift, 0.0, 0.0),))
    result = passing.ask(seen(here, NEGOTIATING, Memory(shifts=(shift,))), before)
    return result.memory.manoeuvres[0], result.proposals


def test_an_ego_that_is_met_beside_bicycles_comes_back_behind_them_if_there_is_room():
    manoeuvre, (proposal,) = returning(17.0, AT - 6.0)  # the first is too near to come back yet
    assert manoeuvre.stage is Stage.RETURNING and proposal.target_speed == 0.0 and proposal.overrides
    manoeuvre, (proposal,) = returning(13.0, AT - 6.0)  # no room before the car
    assert manoeuvre.stage is Stage.OVERTAKING and proposal.cause is Cause.ONCOMING
    manoeuvre, proposals = returning(17.0, AT - 20.0, Stage.RETURNING)
    assert manoeuvre.stage is Stage.APPROACHING and proposals == ()
    assert manoeuvre.shift.end == pytest.approx(index(AT - 12.0), abs=2)
    manoeuvre, _ = returning(170.0, AT - 6.0, Stage.RETURNING)
    assert manoeuvre.stage is Stage.OVERTAKING


def test_a_situation_of_another_type_is_left_alone():
    here = approach(PARKED, at=60.0)
    other = replace(here.briefings[0], type="DynamicObjectCrossing")
    result = passing.ask(seen(replace(here, briefings=(other,))), PassingMemory())
    assert result.memory == PassingMemory() and result.proposals == () and result.shifts == ()


def test_a_scene_without_actors_can_be_asked():
    here = approach(PARKED, at=60.0)
    assert passing.ask(seen(replace(here, actors=actors())), PassingMemory()).proposals == ()
