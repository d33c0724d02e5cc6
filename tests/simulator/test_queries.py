"""Rays, projections and level boxes."""

import numpy as np
import pytest
from conftest import Stage
from flat import flat_town
from hypothesis import given
from hypothesis import strategies as st

from lead.simulator.world import World, WorldError

CAR = "vehicle.tesla.model3"
WALL, BUILDING, ROADS = 4, 3, 1
BOXES = [(20.0, 0.0, 1.0, 0.5, 5.0, 1.0, 0.0, WALL), (60.0, 0.0, 5.0, 4.0, 4.0, 5.0, 0.5, BUILDING)]


def test_ray_meets_everything_in_order(stage_on):
    stage = stage_on(boxes=BOXES)
    stage.add(CAR, x=10.0)
    hits = stage.world.cast_ray([0.0, 0.0, 0.7], [100.0, 0.0, 0.7])
    assert [label for _, label in hits] == [14, WALL, BUILDING]
    assert hits[0][0][0] == pytest.approx(10.0 - 2.39 + 0.03, abs=0.05) and hits[1][0] == pytest.approx(
        [19.5, 0.0, 0.7]
    )
    assert stage.world.cast_ray([0.0, 50.0, 0.7], [100.0, 50.0, 0.7]) == []


def test_projection_finds_the_ground_below(stage):
    point, label = stage.world.project([5.0, 5.0, 10.0], [0.0, 0.0, -1.0], 20.0)
    assert point == pytest.approx([5.0, 5.0, 0.0]) and label == ROADS
    assert stage.world.project([5.0, 5.0, 10.0], [0.0, 0.0, -1.0], 5.0) is None
    assert stage.world.project([5.0, 5.0, 10.0], [0.0, 0.0, 1.0], 50.0) is None


def test_level_boxes_by_label(stage_on):
    stage = stage_on(boxes=BOXES, lights=2)
    ((centre, extent, yaw),) = stage.world.level_boxes(BUILDING)
    assert centre.tolist() == [60.0, 0.0, 5.0] and extent.tolist() == [4.0, 4.0, 5.0] and yaw == 0.5
    assert len(stage.world.level_boxes(7)) == 2
    assert len(stage.world.level_boxes()) == 4


def test_disabled_objects_are_gone_and_come_back(stage_on):
    stage = stage_on(boxes=BOXES)
    wall = next(number for number, _, label, *_ in stage.world.environment_objects() if label == WALL)
    stage.world.enable_environment_objects([wall], False)
    assert stage.world.environment_objects(WALL) == []
    car = stage.add(CAR, speed=20.0)
    assert stage.run(1.5) == [] and stage.pose(car)[0] > 25.0
    stage.world.enable_environment_objects([wall], True)
    assert len(stage.world.cast_ray([0.0, 3.0, 0.7], [30.0, 3.0, 0.7])) >= 1
    with pytest.raises(WorldError, match="not in this town"):
        stage.world.enable_environment_objects([5], True)


def test_a_ray_along_a_slope_enters_the_ground_once(stage_on):
    stage = stage_on(slope=0.1)
    hits = stage.world.cast_ray([0.0, 1.3, 2.0], [50.0, 1.3, 2.0])
    assert len(hits) == 1 and hits[0][0][0] == pytest.approx(20.0, abs=0.01)
    assert np.isfinite(hits[0][0]).all()


RANDOM = np.random.default_rng(2)
MANY = [
    (*RANDOM.uniform([-60, -60, 0], [60, 60, 6]), *RANDOM.uniform(0.2, [12, 4, 6]), RANDOM.uniform(0, 6.28), BUILDING)
    for _ in range(150)
]
CROWDED = Stage(World(flat_town(boxes=MANY)))


def brute_force(scenery, start, end):
    """Fractions at which a segment enters boxes, by clipping it against every box."""
    found = []
    for row in range(len(scenery.yaw)):
        c, s = np.cos(scenery.yaw[row]), np.sin(scenery.yaw[row])
        turn = np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])
        origin, ray = turn @ (start - scenery.centre[row]), turn @ (end - start)
        with np.errstate(divide="ignore", invalid="ignore"):
            bounds = np.array([(-scenery.extent[row] - origin) / ray, (scenery.extent[row] - origin) / ray])
        near, far = bounds.min(axis=0).max(), min(1.0, bounds.max(axis=0).min())
        if 0.0 <= near <= far:
            found.append(near)
    return sorted(found)


@given(
    st.floats(-90.0, 90.0), st.floats(-90.0, 90.0), st.floats(0.1, 12.0), st.floats(0.0, 6.28), st.floats(1.0, 200.0)
)
def test_boxes_on_a_ray_are_those_of_a_brute_force_search(x, y, z, angle, reach):
    start = np.array([x, y, z])
    end = start + reach * np.array([np.cos(angle), np.sin(angle), -0.02])
    hits = [point for point, label in CROWDED.world.cast_ray(start, end) if label == BUILDING]
    fractions = [np.linalg.norm(point - start) / np.linalg.norm(end - start) for point in hits]
    assert fractions == pytest.approx(brute_force(CROWDED.world.town.scenery, start, end), abs=1e-9)


def test_rays_straight_down_and_outside_the_town(stage_on):
    world = stage_on(boxes=BOXES).world
    assert [label for _, label in world.cast_ray([60.0, 0.0, 40.0], [60.0, 0.0, -10.0])] == [BUILDING, ROADS]
    assert world.cast_ray([1e6, 1e6, 5.0], [1e6 + 10.0, 1e6 + 5.0, 5.0]) == []


def test_the_nearest_body_on_a_thick_ray(stage):
    near, far = stage.add(CAR, x=20.0), stage.add(CAR, x=40.0)
    actor, metres = stage.world.nearest_body([0.0, 0.0, 0.7], [1.0, 0.0, 0.0], 50.0, 0.5, 0)
    assert actor == near and metres == pytest.approx(20.0 - 2.39 - 0.5 + 0.03, abs=0.05)
    assert stage.world.nearest_body([0.0, 0.0, 0.7], [1.0, 0.0, 0.0], 50.0, 0.5, near)[0] == far
    assert stage.world.nearest_body([20.0, 0.0, 0.7], [1.0, 0.0, 0.0], 5.0, 0.0, 0) == (near, 0.0), "from within"
    assert stage.world.nearest_body([0.0, 0.0, 0.7], [1.0, 0.0, 0.0], 10.0, 0.5, 0) is None
    assert stage.world.nearest_body([0.0, 0.0, 0.7], [-1.0, 0.0, 0.0], 50.0, 0.5, 0) is None
