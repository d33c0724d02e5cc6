"""What the expert is asked again with, and what its answers are taken for."""

from dataclasses import replace
from math import pi

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lead.expert.decide import decide
from lead.expert.memory import Memory
from lead.expert.scene import Kind, Side
from lead.expert.settings import ALIGNED, PRESETS, PRIVILEGED, settings_from
from lead.study.asking import Cause, Tick, uncertainty, visibility
from lead.study.change import NONE, PATH_COUNTS, SPEED_COUNTS, Change, change
from lead.study.knowledge import Known, Senses, learned, memory_of_seen, seen_actors, shows_itself
from tests.expert.scenes import HIDDEN, RED, actors, bicycle, briefing, car, ego, obstacle, route, scene, walker
from tests.study.watching import asked, driven, watched

SEEN = (100, 100, 10)


@pytest.mark.parametrize(
    ("kind", "evidence", "is_seen"),
    [
        (car, (5, 0, 0), True), (car, (4, 0, 0), False), (car, (0, 1, 0), True), (car, (0, 0, 1), True),
        (bicycle, (5, 0, 0), True), (bicycle, (4, 0, 0), False),
        (walker, (15, 0, 0), True), (walker, (14, 9, 9), False),
        (obstacle, (5, 0, 0), True), (obstacle, (4, 0, 0), False), (obstacle, (0, 1, 0), True),
    ],
)  # fmt: skip
def test_who_counts_as_seen(kind, evidence, is_seen: bool):
    way = route()
    here = scene(way, ego(way, 0.0), actors(kind(way, 20.0, evidence=evidence)))
    assert seen_actors(here.actors, here.ego.pose).tolist() == [is_seen]


@pytest.mark.parametrize(("at", "is_seen"), [(65.9, True), (66.1, False), (-33.9, True), (-34.1, False)])
def test_who_is_outside_the_window_is_not_seen(at: float, is_seen: bool):
    way = route()
    here = scene(way, ego(way, 0.0), actors(car(way, at)))
    assert seen_actors(here.actors, here.ego.pose).tolist() == [is_seen]


@given(
    preset=st.sampled_from(sorted(PRESETS)), speed=st.floats(0.0, 15.0),
    places=st.lists(st.tuples(st.floats(-20.0, 50.0), st.floats(-8.0, 8.0), st.floats(0.0, 10.0)), max_size=5),
)  # fmt: skip
def test_where_all_is_seen_and_told_nothing_is_asymmetric(preset: str, speed: float, places):
    way = route(lights=(60.0,))
    others = [car(way, at, aside, speed) for at, aside, speed in places]
    settings = replace(PRESETS[preset], motion="past")
    visible, sure = asked(scene(way, ego(way, 20.0, speed), actors(*others), light_state=(RED,)), settings)
    assert visible.change == NONE and sure.change == NONE
    assert visible.causes <= {Cause.SPEED_LIMIT} and not sure.causes


@pytest.mark.parametrize(
    ("kind", "cause"),
    [(car, Cause.CAR), (bicycle, Cause.BICYCLE), (walker, Cause.WALKER)],
    ids=["car", "bike", "walker"],
)
def test_a_hidden_crossing_actor_is_a_cause_of_its_class(kind, cause: Cause):
    way = route()
    here = scene(way, ego(way, 20.0, 8.0), actors(kind(way, 31.0, 3.0, 2.0, -pi / 2, evidence=HIDDEN)))
    found, _ = asked(here)
    assert found.change.speed < -SPEED_COUNTS and found.causes == {cause} and found.subject == 1
    seen = replace(here, actors=replace(here.actors, evidence=np.array([SEEN], np.int32)))
    assert asked(seen)[0].change == NONE


def test_two_hidden_ones_who_each_stop_the_ego_are_causes_together():
    way = route()
    both = actors(*(one(way, 31.0, 3.0, 2.0, -pi / 2, evidence=HIDDEN) for one in (walker, walker, bicycle)))
    found, _ = asked(scene(way, ego(way, 20.0, 8.0), both))
    assert found.change.speed < -SPEED_COUNTS and found.causes == {Cause.WALKER, Cause.BICYCLE}


def test_a_light_and_a_sign_out_of_sight():
    way = route(lights=(35.0,))
    here = scene(way, ego(way, 20.0, 8.0), light_state=(RED,), light_seen=(False,))
    assert asked(here)[0].causes == {Cause.LIGHT}
    assert asked(replace(here, light_seen=np.array([True])))[0].change == NONE
    signs = route(stops=(35.0, 90.0))
    here = scene(signs, ego(signs, 20.0, 8.0))
    assert asked(here, stops=(False, True))[0].causes == {Cause.STOP_SIGN}
    assert asked(here, stops=(True, False))[0].change == NONE


def test_what_hidden_ones_made_slower_is_negative_and_what_they_made_faster_positive():
    way = route()
    here = scene(way, ego(way, 20.0, 8.0), actors(car(way, 32.0, 0.0, 0.0, evidence=HIDDEN)))
    slower = asked(here)[0].change
    assert slower.speed < 0.0 and slower.acceleration < 0.0


def test_the_way_round_a_hidden_obstacle_is_unexplained_until_it_is_seen():
    way = route(left=Side.SAME)
    told = briefing("ParkedObstacle", 1, trigger=10.0)

    def make(at: float):
        evidence = SEEN if at > 42.0 else HIDDEN
        return scene(way, ego(way, at, 7.0), actors(car(way, 80.0, 1.2, evidence=evidence)), briefings=(told,))

    scenes = driven(make, 35.0, 75.0, 7.0)
    found, _ = watched(scenes)
    places = np.array([here.ego.pose[0] for here in scenes])
    path = np.array([one.change.path for one in found])
    assert path[(places > 38.0) & (places < 41.0)].max() < PATH_COUNTS, "the shift is not near enough"
    hidden = watched([replace(h, actors=replace(h.actors, evidence=np.array([HIDDEN], np.int32))) for h in scenes])[0]
    late = np.array([one.change.path for one in hidden])
    assert late[(places > 55.0) & (places < 70.0)].min() > 1.0, "the memory of the shift does not explain it"
    assert path[places > 43.0].max() == 0.0


def test_the_memory_of_the_unseen_is_left_out_and_all_other_memory_kept():
    way = route(left=Side.SAME)
    told = briefing("ParkedObstacle", 1, trigger=10.0)
    here = scene(way, ego(way, 40.0, 7.0), actors(car(way, 60.0, 1.2, evidence=HIDDEN)), briefings=(told,))
    _, memory = decide(here, Memory(), PRIVILEGED)
    assert memory.shifts and memory.passing.manoeuvres
    unseen = learned(Known(), here, np.array([False]))
    assert unseen.told == {told.name} and not unseen.situations and unseen.shown == {told.name}
    without = memory_of_seen(memory, unseen)
    assert not without.shifts and not without.passing.manoeuvres
    assert (without.index, without.pedals, without.light) == (memory.index, memory.pedals, memory.light)
    assert memory_of_seen(memory, learned(Known(), here, np.array([True]))).shifts == memory.shifts
    assert memory_of_seen(memory, Known()).shifts == memory.shifts, "ways that the expert found itself are its own"


def test_estimates_in_place_of_controls():
    way = route()
    braking = car(way, 33.0, 13.0, 9.0, -pi / 2, control=(0.0, 0.0, 1.0))
    here = scene(way, ego(way, 20.0, 8.0), actors(braking))
    found = asked(here)[1]
    assert found.causes == {Cause.CAR_MOTION} and found.change.speed > SPEED_COUNTS and found.subject == 1
    assert asked(here, replace(PRIVILEGED, motion="past"))[1].change == NONE
    assert asked(here, ALIGNED)[1].change == NONE


def test_a_situation_that_has_not_shown_itself():
    way = route()
    still = car(way, 60.0, 3.0)
    type_ = "NonSignalizedJunctionLeftTurn"
    here = scene(way, ego(way, 20.0, 6.0, limit=8.0), actors(still), briefings=(briefing(type_, 1),))
    found = asked(here, settings_from("privileged,limit_factor=1.0,poor_visibility=on"))[1]
    assert found.causes == {Cause.BRIEFING} and found.change.speed == pytest.approx(40.0 / 3.6 - 8.0)
    moving = replace(here, actors=replace(here.actors, velocity=np.array([[0.3, 0.0, 0.0]])))
    assert not asked(moving, settings_from("aligned"))[1].causes


@pytest.mark.parametrize(
    ("type_", "at", "speed", "shown"),
    [
        ("ParkedObstacle", 69.0, 0.0, True), ("ParkedObstacle", 71.0, 0.0, False),
        ("ParkingCutIn", 30.0, 0.24, False), ("ParkingCutIn", 30.0, 0.26, True),
        ("HazardAtSideLane", 30.0, 0.0, False), ("HazardAtSideLane", 30.0, 2.0, True),
    ],
)  # fmt: skip
def test_when_a_situation_shows_itself(type_: str, at: float, speed: float, shown: bool):
    way = route()
    told = briefing(type_, 1)
    here = scene(way, ego(way, 20.0), actors(car(way, at, 2.0, speed)), briefings=(told,))
    assert shows_itself(here, told) is shown


def test_what_counts_as_a_difference():
    assert Change(speed=-SPEED_COUNTS).counts and not Change(speed=0.99 * SPEED_COUNTS).counts
    assert Change(path=PATH_COUNTS).counts and not Change(path=0.99 * PATH_COUNTS, acceleration=9.0).counts
    way = route()
    decided = decide(scene(way, ego(way, 20.0, 8.0)), Memory(), PRIVILEGED)[0]
    aside = replace(decided, path=decided.path + (0.0, 0.4, 0.0), target_speed=decided.target_speed - 1.0)
    found = change(decided, aside, 8.0)
    assert found.path == pytest.approx(0.4) and found.speed == pytest.approx(1.0)


def test_asking_leaves_the_expert_as_it_is():
    way = route(left=Side.SAME, lights=(60.0,))
    here = scene(way, ego(way, 20.0, 8.0), actors(car(way, 40.0, 1.2, evidence=HIDDEN), walker(way, 30.0, 4.0)))
    decision, after = decide(here, Memory(), PRIVILEGED)
    before = [value.copy() for value in vars(here.actors).values()]
    tick = Tick.of(here, Memory(), PRIVILEGED, decision, Senses.of(here), Known())
    visibility(tick), uncertainty(tick)
    again, memory = decide(here, Memory(), PRIVILEGED)
    assert again.target_speed == decision.target_speed and (again.path == decision.path).all()
    assert memory.shifts == after.shifts
    assert all((old == new).all() for old, new in zip(before, vars(here.actors).values(), strict=True))
    assert set(Cause(kind).name for kind in Kind) == {"CAR", "BICYCLE", "WALKER", "OBSTACLE"}
