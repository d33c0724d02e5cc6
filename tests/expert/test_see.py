"""What the settings let the expert know of, and where it finds things on its way."""

from dataclasses import replace
from math import radians

import numpy as np
import pytest
from scenes import HIDDEN, SEEN, actors, bicycle, car, ego, index, obstacle, place, route, scene, seen, walker

from lead.expert.memory import Memory
from lead.expert.scene import Kind
from lead.expert.see import near_lane_change, see, visible
from lead.expert.settings import ALIGNED, PRIVILEGED
from lead.scenarios.lane_graph import Command

WAY = route(300.0)
WINDOW = replace(PRIVILEGED, window=True)
OCCLUSION = replace(PRIVILEGED, occlusion=True)


def known(row, settings, at=100.0):
    """Whether an actor is in the view of an ego at a place."""
    return len(seen(scene(WAY, ego(WAY, at), actors(row)), settings).actors) == 1


@pytest.mark.parametrize("ahead, aside", [(65.9, 0.0), (-33.9, 0.0), (0.0, 41.9), (0.0, -41.9), (65.9, 41.9)])
@pytest.mark.parametrize("make", [car, bicycle, walker, obstacle])
def test_the_window_is_the_student_s(make, ahead, aside):
    out = 0.2
    assert known(make(WAY, 100.0 + ahead, aside), WINDOW)
    beyond = make(WAY, 100.0 + ahead + out * np.sign(ahead), aside + out * (np.sign(aside) if not ahead else 0.0))
    assert not known(beyond, WINDOW)
    assert known(beyond, PRIVILEGED)


@pytest.mark.parametrize("make, evidence, is_seen", [
    (car, (5, 0, 0), True), (car, (4, 0, 0), False), (car, (0, 1, 0), True), (car, (0, 0, 1), True),
    (bicycle, (5, 0, 0), True), (bicycle, (4, 0, 0), False),
    (walker, (15, 0, 0), True), (walker, (14, 9, 9), False), (obstacle, HIDDEN, True),
])  # fmt: skip
def test_who_is_hidden_from_the_sensors_is_not_known(make, evidence, is_seen):
    row = make(WAY, 110.0, evidence=evidence)
    assert known(row, OCCLUSION) is is_seen
    assert known(row, PRIVILEGED)


@pytest.mark.parametrize("away, is_seen", [((0.0, 0.0, 95.9), True), ((0.0, 0.0, 96.1), False), ((60.0, 40.0, 63.2), True),
                                           ((60.0, 40.0, 64.0), False)])  # fmt: skip
def test_the_window_is_round_in_height(away, is_seen):
    assert visible(actors(car(WAY, 100.0)), np.array([away]), WINDOW)[0] == is_seen


def test_other_levels_are_not_on_the_way():
    assert not known(car(WAY, 120.0, 2.0, z=6.0), PRIVILEGED)
    assert not known(walker(WAY, 100.0, z=-100.0), PRIVILEGED)
    assert known(car(WAY, 120.0, 2.0, z=2.0), PRIVILEGED)
    assert known(car(WAY, 120.0, 40.0, z=6.0), PRIVILEGED)  # up the slope of a side road


def test_where_things_are_along_the_way():
    bent = route(200.0, bends=((50.0, np.pi / 2, 20.0),))
    view = seen(
        scene(bent, ego(bent, 40.0), actors(car(bent, 90.0, 1.5, turned=0.2), car(bent, 20.0, -3.0, turned=np.pi)))
    )
    middle_ahead = 1e-3 * np.array([1, 1])
    assert np.abs(view.ahead - [50.0, -20.0]).max() < 0.1 + middle_ahead[0]
    np.testing.assert_allclose(view.aside, [1.5, -3.0], atol=0.05)
    np.testing.assert_allclose(np.cos(view.turned), [np.cos(0.2), -1.0], atol=1e-2)
    assert view.index == index(40.0)


def test_beyond_the_path_it_goes_straight_on():
    view = seen(scene(WAY, ego(WAY, 100.0), actors(car(WAY, 300.0, 2.0))))
    assert abs(view.ahead[0] - 200.0) < 0.1 and abs(view.aside[0] - 2.0) < 0.01


def test_the_first_place_is_that_of_the_direction():
    """Where the route crosses itself, the ego is on the part that leads where it faces, and at first on the earlier."""
    loop = route(200.0, bends=((40.0, 1.5 * np.pi, 10.0),))
    crossing = [k for k in range(len(loop)) if np.linalg.norm(loop.points[k] - loop.points[index(30.0)]) < 0.1]
    assert len({k // 100 for k in crossing}) > 1, "the route does not cross itself"
    later = max(crossing)
    for k in (index(30.0), later):
        pose = np.array([*loop.points[k], 0.0, loop.yaw[k], 0.0])
        at = scene(loop, replace(ego(loop), pose=pose))
        assert abs(see(at, Memory(), PRIVILEGED)[0].index - k) <= 1


def test_it_never_goes_backwards_on_the_way():
    here = scene(WAY, ego(WAY, 50.0))
    assert seen(here, memory=Memory(index=index(52.0))).index == index(52.0)
    assert seen(here, memory=Memory(index=index(47.0))).index == index(50.0)
    assert seen(here, memory=Memory(index=index(40.0))).index == index(44.0)  # 4 m are looked ahead


@pytest.mark.parametrize("start, speed, near", [
    (119.9, 0.0, True), (120.2, 0.0, False), (-10.0, 0.0, True), (100.0 - 15.2 - 5.0, 0.0, False),
    (129.0, 20.0, True), (136.2, 20.0, False), (135.7, 20.0, True),
])  # fmt: skip
def test_near_lane_change_reaches_as_far_as_the_ego_takes_to_stop(start, speed, near):
    low, high = (start, start + 5.0) if start > 0 else (86.0, 90.0)
    way = route(300.0, commands=((low, high, Command.CHANGE_LANE_LEFT),))
    assert seen(scene(way, ego(way, 100.0, speed))).near_lane_change is near


def test_either_lane_change_counts():
    for command in (Command.CHANGE_LANE_LEFT, Command.CHANGE_LANE_RIGHT):
        way = route(commands=((10.0, 15.0, command),))
        assert near_lane_change(seen(scene(way, ego(way))).path, index(0.0), 0.0)
    way = route(commands=((10.0, 15.0, Command.LEFT),))
    assert not near_lane_change(seen(scene(way, ego(way))).path, index(0.0), 0.0)


def test_intent_is_hidden_where_only_the_past_may_be_known():
    row = actors(
        car(WAY, 110.0, speed=5.0, control=(0.5, 0.1, 0.0)), walker(WAY, 110.0, 5.0, 1.2),
    )  # fmt: skip
    here = scene(WAY, ego(WAY, 100.0), row)
    told, untold = seen(here, PRIVILEGED), seen(here, ALIGNED)
    assert told.actors.control.any() and told.actors.walking.any()
    assert not untold.actors.control.any() and not untold.actors.walking.any()
    assert np.array_equal(told.actors.velocity, untold.actors.velocity)


def test_motion_of_the_past_is_in_the_view():
    memory = Memory()
    for k in range(20):
        speed = 8.0 - 3.0 * 0.05 * k
        here = scene(WAY, ego(WAY, 100.0), actors(car(WAY, 120.0, speed=speed), walker(WAY, 120.0, 5.0)), time=0.05 * k)
        view, tracks = see(here, memory, PRIVILEGED)
        memory = replace(memory, tracks=tracks)
    np.testing.assert_allclose(view.acceleration, [-3.0, 0.0], atol=1e-6)
    assert view.course[0] == 0.0 and np.isnan(view.course[1])


def test_hidden_actors_are_not_tracked():
    here = scene(WAY, ego(WAY, 100.0), actors(car(WAY, 120.0, evidence=HIDDEN), car(WAY, 130.0, evidence=SEEN)))
    _, tracks = see(here, Memory(), OCCLUSION)
    assert tracks.ids.tolist() == [2]


def test_rows_belong_together():
    rows = [car(WAY, 110.0 + 8.0 * k, 3.5 * (k % 2), evidence=SEEN if k % 3 else HIDDEN) for k in range(6)]
    view = seen(scene(WAY, ego(WAY, 100.0, aside=0.5, turned=radians(5.0)), actors(*rows)), OCCLUSION)
    assert view.actors.ids.tolist() == [2, 3, 5, 6]
    assert set(view.actors.kind.tolist()) == {Kind.CAR}
    np.testing.assert_allclose(view.ahead, view.actors.pose[:, 0] - 100.0, atol=0.06)
    np.testing.assert_allclose(view.aside, view.actors.pose[:, 1], atol=1e-9)
    distance = np.linalg.norm(view.actors.pose[:, :2] - place(WAY, 100.0, 0.5)[:2], axis=1)
    np.testing.assert_allclose(np.hypot(*view.in_ego[:, :2].T), distance, atol=1e-6)


def test_nobody_is_fine():
    view = seen(scene(WAY, ego(WAY, 100.0)), ALIGNED)
    assert len(view.actors) == len(view.ahead) == len(view.course) == 0
