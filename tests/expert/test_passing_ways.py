"""Where the way round a situation is laid: the table's metres, sides, and from when on."""

from dataclasses import replace
from math import pi

import numpy as np
import pytest
from scenes import actors, briefing, car, ego, index, obstacle, route, scene, seen
from situations import AT, approach, chased

from lead.expert.control import PedalMemory
from lead.expert.decision import Cause
from lead.expert.memory import Memory
from lead.expert.path import Shift
from lead.expert.rules import passing, traffic
from lead.expert.rules.passing import PassingMemory, Stage
from lead.expert.scene import Scene, Side, Visibility
from lead.expert.settings import ALIGNED, PRIVILEGED, Settings


def shifts(here: Scene, settings: Settings = PRIVILEGED, memory: PassingMemory | None = None) -> tuple[Shift, ...]:
    return passing.ask(seen(here, settings), memory or PassingMemory()).shifts


def ends(here: Scene, settings: Settings = PRIVILEGED) -> tuple[float, float, float, float]:
    """m before the obstacles' place where the way leaves its lane, m after it where it is back, ramp (m), factor."""
    (shift,) = shifts(here, settings)
    return (index(AT) - shift.start) / 10, (shift.end - index(AT)) / 10, shift.transition, shift.factor


@pytest.mark.parametrize(
    ("type_name", "before", "after", "ramp", "factor"),
    [
        # half length of the first + before + ramp; place of the last + its half length + after + ramp; the trailer
        # of the road works stands across, 5 m before their place
        ("Accident", 2.6 + 1.5 + 10.0, 16.0 + 2.6 + 1.2 + 10.0, 10.0, 1.0),
        ("ParkedObstacle", 2.6 + 1.0 + 10.0, 2.6 + 1.0 + 10.0, 10.0, 1.0),
        ("ConstructionObstacle", 5.0 + 1.4 + 1.5 + 10.5, 6.0 + 0.2 + 1.5 + 10.5, 10.5, 1.12),
        ("AccidentTwoWays", 2.6 - 1.0 + 4.5, 16.0 + 2.6 - 1.0 + 4.5, 4.5, 1.0),
        ("ParkedObstacleTwoWays", 2.6 - 0.5 + 4.0, 2.6 + 0.5 + 4.0, 4.0, 1.0),
        ("ConstructionObstacleTwoWays", 5.0 + 1.4 + 1.5 + 5.0, 6.0 + 0.2 + 1.0 + 5.0, 5.0, 1.12),
        ("VehicleOpensDoorTwoWays", 2.5 - 1.0 + 5.0, 2.5 - 1.0 + 5.0, 5.0, 0.75),
    ],
)
def test_the_way_round_begins_and_ends_where_the_table_says(type_name, before, after, ramp, factor):
    here = approach(type_name, at=60.0, limit=20.0)
    assert ends(here) == pytest.approx((before, after, ramp, factor), abs=0.11)


def test_wide_and_narrow_lanes_have_their_own_factors():
    for type_name, factors in (
        ("ConstructionObstacle", {2.75: 1.13, 3.5: 1.12}),
        ("VehicleOpensDoorTwoWays", {2.75: 1.0, 3.0: 0.875, 3.5: 0.75}),
    ):
        for width, factor in factors.items():
            assert ends(approach(type_name, at=60.0, width=width))[3] == factor


def test_in_towns_the_way_comes_back_earlier():
    fast, slow = (ends(approach("Accident", at=60.0, limit=limit))[1] for limit in (15.0, 14.9))
    assert fast - slow == pytest.approx(0.7, abs=0.11)
    fast, slow = (ends(approach("ParkedObstacle", at=60.0, limit=limit))[1] for limit in (15.0, 14.9))
    assert fast - slow == pytest.approx(0.5, abs=0.11)
    fast, slow = (ends(approach("ConstructionObstacle", at=60.0, limit=limit))[1] for limit in (15.0, 14.9))
    assert fast == slow


@pytest.mark.parametrize(
    ("visibility", "ramp", "before"), [(Visibility.LIMITED, 6.0, 1.0), (Visibility.VERY_LIMITED, 4.0, 0.8)]
)
def test_bad_weather_makes_lane_changes_later_and_shorter_if_so_set(visibility, ramp, before):
    here = approach("Accident", at=60.0, visibility=visibility)
    cautious = replace(PRIVILEGED, weather_lane_changes=True)
    assert ends(here)[2] == 10.0
    assert ends(here, cautious)[2] == ramp
    assert ends(here, cautious)[0] == pytest.approx(2.6 + before + ramp, abs=0.11)
    works = approach("ConstructionObstacle", at=60.0, visibility=visibility)
    assert ends(works, cautious) == ends(works)


def test_nothing_is_laid_farther_than_fifty_metres_away():
    assert not shifts(approach("Accident", at=AT - 50.5))
    assert shifts(approach("Accident", at=AT - 49.5))


def test_the_warning_sign_is_no_obstacle():
    here = approach("ParkedObstacle", at=60.0)
    sign = int(here.actors.ids[0])
    without = here.without(here.actors.ids == sign)
    assert shifts(here) == shifts(without)


def test_hidden_road_works_are_none():
    here = approach("ConstructionObstacle", at=70.0)
    pose = here.actors.pose.copy()
    pose[1:, 2] -= 500.0
    assert not shifts(replace(here, actors=replace(here.actors, pose=pose)))


@pytest.mark.parametrize(
    ("left", "right", "side", "goes_left"),
    [
        (Side.SAME, Side.SAME, 1.0, True), (Side.SAME, Side.SAME, -1.0, False), (Side.NONE, Side.SAME, 1.0, False),
        (Side.SAME, Side.NONE, -1.0, True), (Side.OPPOSITE, Side.SAME, 1.0, False), (Side.OPPOSITE, Side.NONE, 1.0, True),
    ],
)  # fmt: skip
def test_obstacles_are_passed_on_the_other_side_if_it_has_a_lane(left, right, side, goes_left):
    here = approach("ParkedObstacle", at=60.0, side=side)
    count = len(here.route)
    way = replace(here.route, left_side=np.full(count, left, np.int8), right_side=np.full(count, right, np.int8))
    (shift,) = shifts(replace(here, route=way))
    assert shift.left == goes_left


def test_without_a_direction_told_the_side_is_where_the_obstacle_stands_less():
    here = approach("ParkedObstacle", at=60.0, side=-1.0)
    count = len(here.route)
    way = replace(here.route, right_side=np.full(count, Side.SAME, np.int8), right=np.full(count, 3.5))
    told = replace(here.briefings[0], direction="")
    assert not shifts(replace(here, route=way, briefings=(told,)))[0].left


def test_a_lane_that_is_not_next_to_the_egos_is_reached_by_its_distance():
    here = approach("AccidentTwoWays", at=60.0)
    way = replace(here.route, left_side=np.full(len(here.route), Side.NONE, np.int8))
    beside = here.briefings[0].beside.copy()
    beside[:, 1] = -5.2
    (shift,) = shifts(replace(here, route=way, briefings=(replace(here.briefings[0], beside=beside),)))
    assert shift.offset == pytest.approx(5.2, abs=0.01)


def test_obstacles_count_when_seen_if_so_set():
    unseen, visible = (approach("Accident", at=60.0, evidence=points) for points in ((4, 0, 0), (5, 0, 0)))
    by_lidar = approach("Accident", at=60.0, evidence=(0, 1, 0))
    assert shifts(unseen, PRIVILEGED) and not shifts(unseen, ALIGNED)
    assert shifts(visible, ALIGNED) and shifts(by_lidar, ALIGNED)


def test_a_way_that_is_laid_stays_when_the_obstacle_is_out_of_sight_or_gone_behind():
    here = approach("Accident", at=60.0)
    asked = passing.ask(seen(here, ALIGNED), PassingMemory())
    hidden = replace(here, actors=replace(here.actors, evidence=np.zeros_like(here.actors.evidence)))
    assert shifts(hidden, ALIGNED, asked.memory) == asked.shifts
    beyond = replace(here, ego=ego(here.route, AT + 10.0), briefings=())
    assert shifts(beyond, ALIGNED, asked.memory) == asked.shifts


def test_a_way_that_is_not_begun_goes_with_its_situation_and_an_old_one_is_forgotten():
    here = approach("Accident", at=60.0)
    memory = passing.ask(seen(here), PassingMemory()).memory
    assert not shifts(replace(here, briefings=()), memory=memory)
    far = replace(here, ego=ego(here.route, AT + 132.0), briefings=())
    assert not shifts(far, memory=memory)


def test_a_one_way_obstacle_is_done_with_at_three_metres():
    here = approach("Accident", at=60.0)
    memory = passing.ask(seen(here), PassingMemory()).memory
    for at, stage in ((AT - 3.2, Stage.OVERTAKING), (AT - 2.8, Stage.DONE)):
        asked = passing.ask(seen(replace(here, ego=ego(here.route, at))), memory)
        assert asked.memory.manoeuvres[0].stage is stage


# -- approach caps --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("type_name", "limit", "distance", "speed"),
    [
        ("ParkedObstacle", 13.9, 35.2, None), ("ParkedObstacle", 13.9, 34.8, 6.75), ("ParkedObstacle", 13.9, 25.2, 6.75),
        ("ParkedObstacle", 13.9, 24.8, None), ("ParkedObstacle", 20.5, 45.2, None), ("ParkedObstacle", 20.5, 44.8, 7.5),
        ("ParkedObstacle", 25.5, 44.8, 10.0), ("ParkedObstacle", 25.5, 45.2, None), ("Accident", 13.9, 40.2, None),
        ("Accident", 13.9, 39.8, 6.75), ("Accident", 20.5, 44.8, 7.5), ("Accident", 20.5, 45.2, None),
        ("Accident", 25.5, 49.8, 10.0), ("Accident", 25.5, 50.2, None), ("ParkedObstacleTwoWays", 13.9, 34.8, 6.75),
    ],
)  # fmt: skip
def test_approach_caps_hold_in_their_band_of_distance_and_speed_limit(type_name, limit, distance, speed):
    here = approach(type_name, at=AT, limit=limit)
    mean = here.actors.pose[1:, 0].mean()
    aside = here.actors.pose[1, 1]
    here = replace(here, ego=ego(here.route, mean - (distance**2 - aside**2) ** 0.5, 10.0, limit=limit))
    for on in (True, False):
        asked = passing.ask(seen(here, replace(PRIVILEGED, approach_caps=on)), PassingMemory())
        caps = [p.target_speed for p in asked.proposals if p.cause.name == "APPROACH"]
        assert caps == ([speed] if on and speed else [])


# -- invading turn --------------------------------------------------------------------------------------------------


def invaded(offset: float = 0.3, *, at: float = 58.0, width: float = 3.5) -> Scene:
    way = route(260.0, lane_width=width, left=Side.OPPOSITE)
    cones = actors(*(obstacle(way, AT + 5.0 * k, -width + 0.4 * width, id=1 + k) for k in range(5)))
    told = briefing("InvadingTurn", *cones.ids.tolist(), trigger=60.0, offset=offset)
    return scene(way, ego(way, at, 10.0), cones, briefings=(told,))


def test_in_an_invaded_turn_the_ego_keeps_aside_from_the_trigger_to_behind_the_cones():
    (shift,) = shifts(invaded())
    assert not shift.left
    assert (shift.start, shift.transition) == (index(60.0), 5.0)
    late = invaded()
    late = replace(late, briefings=(replace(late.briefings[0], trigger=index(99.0)),))
    assert shifts(late)[0].start == pytest.approx(index(AT - 15.0), abs=3)
    assert shift.end == pytest.approx(index(AT + 20.0 + 10.0), abs=3)


def test_it_goes_as_far_aside_as_the_others_come_over_but_stays_in_its_lane():
    assert shifts(invaded(-0.6))[0].offset == pytest.approx(-0.6 + 1.75 - 0.7)
    assert shifts(invaded(0.3))[0].offset == pytest.approx(1.75 - 0.918 - 0.1, abs=0.01)
    assert shifts(invaded(0.3, width=3.0))[0].offset == pytest.approx(1.5 - 0.918 - 0.1, abs=0.01)
    assert not shifts(invaded(0.3, width=2.0))


def test_an_invaded_turn_is_reacted_to_from_fifty_metres():
    assert not shifts(invaded(at=49.5))
    assert shifts(invaded(at=51.0))


# -- emergency vehicle ----------------------------------------------------------------------------------------------


def test_the_ego_moves_aside_for_an_emergency_vehicle_within_fifty_metres_and_slows_down():
    assert not shifts(chased(50.5))
    here = seen(chased(49.5))
    asked = passing.ask(here, PassingMemory())
    (shift,) = asked.shifts
    assert (shift.start, shift.transition) == (index(80.0 + 10.0), 20.0)
    assert shift.end > index(80.0 + 60.0)
    assert [round(p.target_speed, 2) for p in asked.proposals] == [11.11]


def test_the_ego_does_not_stop_for_an_emergency_vehicle_that_comes_up_from_behind():
    way = route(260.0, left=Side.SAME)
    for behind, emergency, stops in ((11.0, True, False), (11.0, False, True), (-11.0, True, True)):
        other = car(way, 80.0 - behind, speed=30.0 if behind > 0.0 else 0.0, id=11, emergency=emergency)
        here = scene(way, ego(way, 80.0, 10.0), actors(other))
        changing = seen(here, memory=Memory(shifts=(Shift(index(82.0), index(150.0), 20.0, True),)))
        proposals = traffic.ask(changing, PedalMemory(), np.full((1, 2), np.nan))
        assert any(p.cause is Cause.VEHICLE for p in proposals) == stops


def test_it_begins_thirty_metres_ahead_at_most():
    assert shifts(chased(30.0, speed=40.0))[0].start == index(110.0)


def test_the_freer_lane_of_the_same_direction_is_taken_else_the_shoulder():
    way = route(260.0)
    right_taken, left_taken = (car(way, 85.0, aside, speed=10.0, id=12) for aside in (3.5, -3.5))
    assert shifts(chased(30.0, right_taken))[0].left
    assert not shifts(chased(30.0, left_taken))[0].left
    assert shifts(chased(30.0, right=Side.NONE))[0].left
    assert not shifts(chased(30.0, left=Side.OPPOSITE, right=Side.SHOULDER))[0].left
    assert not shifts(chased(30.0, left=Side.OPPOSITE, right=Side.NONE))


def test_the_ego_stays_aside_until_the_emergency_vehicle_is_past_and_then_comes_back():
    memory = passing.ask(seen(chased(30.0)), PassingMemory()).memory
    later = passing.ask(seen(replace(chased(4.0), ego=ego(chased(4.0).route, 120.0, 10.0))), memory)
    assert later.shifts[0].end > index(120.0 + 60.0)
    past = passing.ask(seen(chased(-6.0)), later.memory)
    assert past.memory.manoeuvres[0].stage is Stage.DONE and not past.proposals
    assert past.shifts[0].end < later.shifts[0].end


def test_turned_obstacles_reach_as_far_as_they_are_wide():
    here = approach("ParkedObstacle", at=60.0)
    pose = here.actors.pose.copy()
    pose[1, 4] = pi / 2
    across = ends(replace(here, actors=replace(here.actors, pose=pose)))
    assert ends(here)[0] - across[0] == pytest.approx(2.6 - 1.05, abs=0.11)
